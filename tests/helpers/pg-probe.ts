import pg from 'pg';
import { int16, int32, message } from './postgres-responder.ts';

/** Answers to one Sync, of which a statement never gets all at once; a client does not mind. */
const rowDescription = message(
  'T',
  int16(1),
  'n\0',
  int32(0),
  int16(0),
  int32(23),
  int16(4),
  int32(-1),
  int16(0),
);
export const everything = Buffer.concat([
  message('1'),
  message('2'),
  rowDescription,
  message('D', int16(1), int32(1), '7'),
  message('I'),
  message('G', Buffer.from([0]), int16(0)),
  message('s'),
  message('C', 'SELECT 1\0'),
]);
export const refusal = message('E', 'SERROR\0', 'C42601\0', 'Mno\0', '\0');

/** What of pg's connection a statement uses to send itself. */
interface SendingWire {
  parse(message: { text: string; types: readonly number[] }): void;
  bind(message: { values: readonly (string | null)[] }): void;
  describe(message: { type: 'P' }): void;
  execute(message: { rows: number }): void;
  sync(): void;
  sendCopyFail(reason: string): void;
}

/** A statement that remembers what pg's client calls. */
export class Probe extends pg.Query {
  readonly calls: string[] = [];
  readonly #ended = Promise.withResolvers<undefined>();
  readonly ended = this.#ended.promise;

  constructor() {
    super('SELECT 7 AS n');
    for (const event of ['RowDescription', 'DataRow', 'EmptyQuery', 'CommandComplete', 'PortalSuspended'])
      Object.assign(this, { [`handle${event}`]: (given: object) => this.#note(event, given) });
    Object.assign(this, {
      submit: (wire: SendingWire) => this.#submit(wire),
      handleCopyInResponse: (wire: SendingWire) => {
        wire.sendCopyFail('no data');
        this.calls.push('CopyInResponse');
      },
      handleError: (error: { code?: string }) => {
        this.calls.push(`Error ${error.code ?? ''}`);
        // The client has forgotten the statement by now.
        this.#ended.resolve(undefined);
      },
      handleReadyForQuery: () => this.#ended.resolve(undefined),
    });
  }

  #note(event: string, { fields, length }: { fields?: readonly unknown[]; length?: number }): void {
    const detail = event === 'DataRow' ? ` ${JSON.stringify(fields)} of ${length} bytes` : '';
    this.calls.push(`${event}${detail}`);
  }

  #submit(wire: SendingWire): void {
    wire.parse({ text: 'SELECT $1', types: [1184] });
    wire.bind({ values: [null] });
    wire.describe({ type: 'P' });
    wire.execute({ rows: 5 });
    wire.sync();
  }
}
