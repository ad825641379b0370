import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseSettings, OpenDatabase } from '../../src/databases/contract.ts';
import { connecting } from './contract/connecting.ts';
import { ending } from './contract/ending.ts';
import { fuzzing } from './contract/fuzzing.ts';
import { inspecting } from './contract/inspecting.ts';
import { parameters } from './contract/parameters.ts';
import { Scene } from './contract/scene.ts';
import { streaming } from './contract/streaming.ts';
import { values } from './contract/values.ts';

/** What the server behind a driver can do; a test that needs what is missing is not registered. */
export interface Capabilities {
  /** A running statement ends on the server when the driver asks, or when `timeoutMs` is over. */
  readonly cancel: boolean;
  /** The driver's session refuses writes, whatever the login may do. Else they must at least leave no trace. */
  readonly readOnlySession: boolean;
  /** The server is reached at a host and a port, so that a connection can be refused, silent, cut. Else it is a file. */
  readonly network: boolean;
  /** The server checks passwords and database names, and the subject brings a `reader`. */
  readonly logins: boolean;
  /** Sessions are independent: `running`, `sessions`, `terminate` and `hold` of the subject work. */
  readonly sessions: boolean;
  /** The subject brings `tls`. */
  readonly tls: boolean;
  /** The subject brings `restart`. */
  readonly restart: boolean;
}

/** The dialect's names of the column types that the suite's tables use. */
export interface TypeNames {
  readonly big: string;
  readonly boolean: string;
  /** IEEE 754 double. */
  readonly double: string;
  /** Instant, milliseconds or finer. */
  /** Absent where the dialect has none. */
  readonly zoned?: string;
  /** Date and time without a zone, milliseconds or finer. */
  readonly local: string;
  /** Text of 1 MB and any Unicode. */
  readonly text: string;
  /** Absent where the dialect has no such type. */
  readonly guid?: string;
  readonly bytes: string;
}

/** Statements and literals in the dialect. */
export interface Statements {
  /** Literals for the suite's own INSERTs, which `Subject.admin` runs. */
  text(value: string): string;
  truth(value: boolean): string;
  zoned(value: Date): string;
  bytes(hex: string): string;
  /** What compares an instant of a `local` or `day` column with a bound `Date`, exactly; absent: the column itself. */
  readonly instant?: (expression: string, column: 'zoned' | 'local' | 'day') => string;
  /** What a CAST to an integer of 64 bits names; absent: `TypeNames.big`. */
  readonly castInteger?: string;
  /** A parameter as the server itself writes it, the first of a statement. */
  readonly ownParameter?: string;
  /** An expression: `text` so many times. */
  repeat(text: string, times: number): string;
  /** Runs `seconds` long, then returns a row with a column `slept`. */
  sleep(seconds: number): string;
  /** Streams at once `rows` rows: `n` 1, 2, … and `filler`, a text of `width` characters, 100 unless given. `rows` can be 1e9. */
  series(rows: number, width?: number): string;
  /** Run in one session of their own, they keep everybody else from reading `table`. */
  lock(table: string): readonly string[];
  /** One row: `encrypted`, true or 1 when this very session is. Needed with `tls`. */
  readonly encrypted?: string;
}

/** What is known of a dialect and its server before it runs. */
export interface Facts {
  readonly capabilities: Capabilities;
  readonly types: TypeNames;
  readonly sql: Statements;
  /** Fits `Inspection.version`. */
  readonly version: RegExp;
}

/** A running server and a driver for it. The login of `settings` may write; `connections` is 2. */
export interface Subject {
  readonly open: OpenDatabase;
  /** On 127.0.0.1 with a `port`, or a `file`; in the zone UTC. */
  readonly settings: DatabaseSettings;
  /** Runs one statement over a connection of the test's own, into the same database. */
  admin(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** How many statements whose text holds `marker` run on the server now, the question itself not counted. */
  readonly running?: (marker: string) => Promise<number>;
  /** How many sessions on the server belong to the driver (those of the login of `settings`, say). */
  readonly sessions?: () => Promise<number>;
  /** Kills the sessions that run a statement whose text holds `marker`. */
  readonly terminate?: (marker: string) => Promise<void>;
  /** Runs the statements in one session and keeps it open; the function ends it. */
  readonly hold?: (statements: readonly string[]) => Promise<() => Promise<void>>;
  /** Stops the server hard and starts it on the same port with the same data. */
  readonly restart?: () => Promise<void>;
  /** A login that can do nothing but connect, until `grant(table)` has been run by `admin`. */
  readonly reader?: { readonly user: string; readonly password: string; grant(table: string): string };
  /** `ca` signed the server's certificate, which names `serverName`; `otherCa` is sound and did not. */
  readonly tls?: { readonly ca: string; readonly otherCa: string; readonly serverName: string };
}

/**
 * What every driver must do, as tests. Call it inside a `describe`, after the `beforeAll` that starts the server; `subject`
 * is asked for when the tests run.
 */
export function databaseContract(facts: Facts, subject: () => Subject): void {
  const scene = new Scene(facts, subject);
  const strays: unknown[] = [];
  const stray = (error: unknown): void => void strays.push(error);

  describe('the contract of a database', () => {
    beforeAll(async () => {
      process.on('unhandledRejection', stray).on('uncaughtException', stray);
      await scene.createTables();
    });
    afterAll(() => {
      process.off('unhandledRejection', stray).off('uncaughtException', stray);
    });

    values(scene);
    parameters(scene);
    streaming(scene);
    ending(scene);
    fuzzing(scene);
    inspecting(scene);
    connecting(scene);

    it('let no error event and no rejection go unhandled in all of this', () => {
      expect(strays).toEqual([]);
    });
  });
}
