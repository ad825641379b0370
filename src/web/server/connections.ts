import type { Socket } from 'node:net';

/** How long a connection may take for each step, in milliseconds. */
export interface ConnectionLimits {
  /** Until its first request is there, byte by byte or not. */
  readonly request: number;
  /** Until its answer is made and taken: a client that does not read holds the whole answer in memory. */
  readonly answer: number;
  /** Until its next request is there. */
  readonly next: number;
}

export const connectionLimits: ConnectionLimits = { request: 10_000, answer: 30_000, next: 75_000 };

/** Time for the last bytes of an answer to leave, when the process stops. */
const flushMs = 20;

/** What identifies an open connection on each level of it: TCP, TLS, HTTP/2. */
export function peerOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? ''}`;
}

interface OpenConnection {
  readonly socket: Socket;
  running: number;
  deadline: NodeJS.Timeout;
}

/** The open connections, by peer. At every moment each has a deadline, after which it is cut. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #open = new Map<string, OpenConnection>();
  #isClosing = false;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  opened(socket: Socket): void {
    const peer = peerOf(socket);
    const progress = { socket, running: 0, deadline: cutAfter(socket, this.#limits.request) };
    this.#open.set(peer, progress);
    socket.once('close', () => {
      clearTimeout(progress.deadline);
      if (this.#open.get(peer) === progress) this.#open.delete(peer);
    });
  }

  /** A request has come in. */
  began(peer: string): void {
    this.#progress(peer, 1);
  }

  /** Its answer has been taken, or the request has been given up. */
  ended(peer: string): void {
    this.#progress(peer, -1);
  }

  /** Cuts connections as soon as they are idle. */
  drain(): void {
    this.#isClosing = true;
    for (const { socket, running } of this.#open.values()) if (running === 0) socket.destroy();
  }

  cutAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #progress(peer: string, change: 1 | -1): void {
    const progress = this.#open.get(peer);
    if (progress === undefined) return;
    progress.running += change;
    clearTimeout(progress.deadline);
    const { answer, next } = this.#limits;
    const idle = this.#isClosing ? flushMs : next;
    progress.deadline = cutAfter(progress.socket, progress.running > 0 ? answer : idle);
  }
}

function cutAfter(socket: Socket, milliseconds: number): NodeJS.Timeout {
  return setTimeout(() => socket.destroy(), milliseconds);
}
