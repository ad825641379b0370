import { Socket } from 'node:net';
import pg from 'pg';
import type { DatabaseSettings } from '../contract.ts';
import { unlessAborted } from '../shared/aborting.ts';
import { lockTimeoutMs } from '../shared/lock-timeout.ts';
import { clientConfig, defaultPort, sendCancelRequest, type BackendKey } from './connect.ts';
import { connectError } from './errors.ts';

/** How long after `timeoutMs` we wait for the server to end a statement by itself. */
const graceMs = 250;
/** How long a server may take to end what was cancelled, before its connection is cut. */
export const cancelMs = 1000;
const endMs = 500;
const longestTimeoutMs = 2_147_483_647;

/** A message of the server, as pg reads it. */
interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/** What a connection is told of. */
export interface LinkEvents {
  /** It is lost. @param error why, where that is known. */
  lost(error?: Error): void;
  /** A row is too long to be read; see `CopyConnection`. */
  tooLong(): void;
}

/** One connection to a server, and what the server tells when it is opened. */
export class Link {
  readonly client: pg.Client;
  readonly #settings: DatabaseSettings;
  #key: BackendKey | undefined;
  #anyBytes = false;

  constructor(settings: DatabaseSettings, events: LinkEvents) {
    this.#settings = settings;
    this.client = new pg.Client(clientConfig(settings, () => events.tooLong()));
    this.client.on('error', (error: Error) => events.lost(error));
    this.client.on('end', () => events.lost());
    const { connection } = this.client;
    connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) => {
      if (parameterName === 'server_encoding') this.#anyBytes = parameterValue === 'SQL_ASCII';
    });
    connection.once('backendKeyData', (key: BackendKey) => {
      this.#key = key;
    });
  }

  /**
   * Connects and logs in.
   * @throws DatabaseError of kind `unreachable`, `login` or `permission`; `aborted` when `signal` fires first.
   */
  async open(signal: AbortSignal): Promise<void> {
    try {
      await unlessAborted(this.client.connect(), signal, 'unanswered');
    } catch (error) {
      this.cut();
      const { host, port = defaultPort } = this.#settings;
      throw connectError(error, host.startsWith('/') ? host : `${host}:${port}`);
    }
  }

  /** Its database knows of no encoding, so that its texts may hold any bytes. */
  get anyBytes(): boolean {
    return this.#anyBytes;
  }

  /** Bytes that have come. */
  get received(): number {
    const { stream } = this.client.connection;
    return stream instanceof Socket ? stream.bytesRead : 0;
  }

  /** What a transaction sets: behind PGlite and pgbouncer a session is not our own, so each sets all that it relies on. */
  localSettings(timeoutMs: number): string {
    const limits = {
      statement_timeout: Math.min(Math.max(1, Math.ceil(timeoutMs)), longestTimeoutMs),
      lock_timeout: lockTimeoutMs(this.#settings, timeoutMs),
      idle_in_transaction_session_timeout: 60_000,
      TimeZone: pg.escapeLiteral(this.#settings.timezone),
      DateStyle: 'ISO',
      bytea_output: 'hex',
      // Sent as they are; converted, one wrong byte would be an error of the whole statement.
      ...(this.#anyBytes ? { client_encoding: 'SQL_ASCII' } : {}),
    };
    return Object.entries(limits)
      .map(([name, value]) => `;SET LOCAL ${name}=${value}`)
      .join('');
  }

  /** After how long the statement is ended from here, where the server has not ended it by itself. */
  limitOf(timeoutMs: number): number {
    return Math.min(timeoutMs + graceMs, longestTimeoutMs);
  }

  /** Asks the server to end what runs. It answers nothing. */
  cancel(): void {
    if (this.#key !== undefined) sendCancelRequest(this.#settings, this.#key, cancelMs);
  }

  /** Takes leave of the server in order. @param late called when that takes too long. */
  async end(late: () => void): Promise<void> {
    const timer = setTimeout(late, endMs);
    await this.client.end();
    clearTimeout(timer);
  }

  /** Cuts the connection. */
  cut(): void {
    this.client.connection.stream.destroy();
  }
}
