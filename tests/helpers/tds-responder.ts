import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { duplexPair } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { Packet, TYPE } from 'tedious/lib/packet.js';
import { parseLogin, parseRequest, type Login, type TdsRequest } from './tds-requests.ts';
import {
  Debug,
  IncomingMessageStream,
  Message,
  OutgoingMessageStream,
  PreloginPayload,
} from './tds-streams.ts';
import { tokens } from './tds-tokens.ts';

const packetSize = 4096;

/** One connection and the response to what it asked. Nothing is sent that the script does not send. */
export interface Exchange {
  readonly socket: Socket;
  /** Sends tokens as part of the response; resolves when they have been taken. */
  send(...parts: readonly Buffer[]): Promise<void>;
  /** Sends tokens and ends the response. */
  end(...parts: readonly Buffer[]): void;
  /** Resolves when the client asks to cancel. */
  readonly attention: Promise<void>;
  /** Resolves when the connection is gone. */
  readonly gone: Promise<unknown>;
  /** Acknowledges a cancel, in a message of its own as SQL Server does; `parts` go before the acknowledgement. */
  acknowledge(...parts: readonly Buffer[]): void;
  /** Sends tokens, ends the response and then at once the connection, in that way. */
  endAndLeave(way: 'end' | 'destroy' | 'resetAndDestroy', ...parts: readonly Buffer[]): void;
  /** Ends the connection with a TCP reset. */
  reset(): void;
}

export interface Script {
  /** The answer to a login; by default it is granted. */
  login?(login: Login, exchange: Exchange): unknown;
  /** The answer to a message of the negotiation of a login of Windows, which follows the login. */
  sspi?(message: Buffer, exchange: Exchange): unknown;
  /** The answer to a batch that sets a session up; by default it is granted. */
  setup?(request: TdsRequest, exchange: Exchange): unknown;
  /** The answer to any other batch or remote procedure call. */
  answer?(request: TdsRequest, exchange: Exchange): unknown;
  /** PEM texts; with them the responder speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/**
 * A SQL Server that says what a script tells it to, for what a real one cannot be asked to do. It speaks TDS 7.4 on a free
 * port of 127.0.0.1, framed by tedious's own stream classes, and remembers what it was asked.
 */
export class TdsResponder {
  readonly logins: Login[] = [];
  /** The batches that set sessions up. */
  readonly setups: string[] = [];
  readonly requests: TdsRequest[] = [];
  attentions = 0;
  readonly #server: Server;
  readonly #script: Script;
  readonly #sockets = new Set<Socket>();

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      void this.#serve(socket);
    });
  }

  static async start(script: Script = {}): Promise<TdsResponder> {
    const responder = new TdsResponder(script);
    responder.#server.listen(0, '127.0.0.1');
    await once(responder.#server, 'listening');
    return responder;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open now. */
  get sessions(): number {
    return this.#sockets.size;
  }

  /** Resets every connection that is open now. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(socket: Socket): Promise<void> {
    const wire = new Wire(socket);
    let cancelled: () => void = () => undefined;
    let loggedIn = false;
    for (let next = await wire.receive(); next !== undefined; next = await wire.receive()) {
      const { type, data } = next;
      if (type === TYPE['PRELOGIN']) await this.#negotiate(wire);
      else if (type === TYPE['ATTENTION']) {
        this.attentions += 1;
        cancelled();
      } else {
        const attention = new Promise<void>((resolve) => {
          cancelled = resolve;
        });
        const exchange = new Answer(wire, attention);
        if (type === TYPE['LOGIN7']) {
          this.#login(parseLogin(data), exchange);
        } else if (type === TYPE['NTLMAUTH_PKT']) {
          this.#script.sspi?.(data, exchange);
        } else {
          const request = parseRequest(type, data);
          const isSetup = !loggedIn || request.text.startsWith('set ');
          if (isSetup) this.setups.push(request.text);
          else this.requests.push(request);
          const answer = isSetup ? 'setup' : 'answer';
          if (this.#script[answer] === undefined) exchange.end(tokens.done());
          else this.#script[answer](request, exchange);
          loggedIn = true;
        }
      }
    }
  }

  #login(login: Login, exchange: Exchange): void {
    this.logins.push(login);
    if (this.#script.login !== undefined) this.#script.login(login, exchange);
    else grant(exchange);
  }

  async #negotiate(wire: Wire): Promise<void> {
    const { tls } = this.#script;
    const version = { major: 16, minor: 0, build: 0, subbuild: 0 };
    wire.send(TYPE['TABULAR_RESULT'] ?? 0, new PreloginPayload({ encrypt: tls !== undefined, version }).data);
    if (tls !== undefined) await wire.encrypt(tls);
  }
}

/** Lets a client in. */
export function grant(exchange: Exchange): void {
  exchange.end(tokens.collation(), tokens.loginAck(), tokens.done());
}

/** Messages over a socket, in plain text or encrypted. */
class Wire {
  readonly socket: Socket;
  /** Resolves when the connection is gone, reset or not. */
  readonly gone: Promise<unknown>;
  readonly #incoming = new IncomingMessageStream(new Debug());
  readonly #messages = this.#incoming[Symbol.asyncIterator]() as AsyncIterator<Message, undefined>;
  readonly #outgoing = new OutgoingMessageStream(new Debug(), { packetSize });

  constructor(socket: Socket) {
    this.socket = socket;
    this.gone = once(socket, 'close').catch(() => undefined);
    socket.pipe(this.#incoming);
    this.#outgoing.pipe(socket);
  }

  /** The next message; undefined when the client has closed the connection. */
  async receive(): Promise<{ type: number; data: Buffer } | undefined> {
    const next = await this.#messages.next();
    if (next.done === true) return undefined;
    return { type: next.value.type, data: await buffer(next.value) };
  }

  open(type: number): Message {
    const message = new Message({ type });
    this.#outgoing.write(message);
    return message;
  }

  send(type: number, data: Buffer): void {
    this.open(type).end(data);
  }

  /** MS-TDS 2.2.6.5: the records of the handshake travel within PRELOGIN messages, what follows does not. */
  async encrypt({ key, cert }: { key: string; cert: string }): Promise<void> {
    const [inner, records] = duplexPair();
    const secureContext = createSecureContext({ key, cert, maxVersion: 'TLSv1.2' });
    const clear = new TLSSocket(inner, { isServer: true, secureContext });
    clear.on('error', () => this.socket.destroy());
    const secure = once(clear, 'secure').then(() => true);
    for (let over = false; !over;) {
      records.write((await this.receive())?.data ?? Buffer.alloc(0));
      await once(records, 'readable');
      over = clear.getPeerFinished() !== undefined && (await secure);
      const packet = new Packet(TYPE['PRELOGIN'] ?? 0).addData(records.read() as Buffer);
      packet.last(true);
      this.socket.write(packet.buffer);
    }
    this.socket.unpipe(this.#incoming);
    this.#outgoing.unpipe(this.socket);
    this.socket.pipe(records).pipe(this.socket);
    clear.pipe(this.#incoming);
    this.#outgoing.pipe(clear);
  }
}

class Answer implements Exchange {
  readonly attention: Promise<void>;
  readonly gone: Promise<unknown>;
  readonly #wire: Wire;
  #message: Message | undefined;

  constructor(wire: Wire, attention: Promise<void>) {
    this.#wire = wire;
    this.attention = attention;
    this.gone = wire.gone;
  }

  get socket(): Socket {
    return this.#wire.socket;
  }

  async send(...parts: readonly Buffer[]): Promise<void> {
    const message = this.#open();
    if (!message.write(Buffer.concat(parts))) await Promise.race([once(message, 'drain'), this.gone]);
  }

  end(...parts: readonly Buffer[]): void {
    this.#open().end(Buffer.concat(parts));
  }

  acknowledge(...parts: readonly Buffer[]): void {
    this.#wire.send(TYPE['TABULAR_RESULT'] ?? 0, Buffer.concat([...parts, tokens.done({ attention: true })]));
  }

  endAndLeave(way: 'end' | 'destroy' | 'resetAndDestroy', ...parts: readonly Buffer[]): void {
    this.end(...parts);
    // What is on its way into the socket when the message ends has reached it a turn later.
    this.#open().once('end', () => setImmediate(() => this.socket[way]()));
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  #open(): Message {
    this.#message ??= this.#wire.open(TYPE['TABULAR_RESULT'] ?? 0);
    return this.#message;
  }
}
