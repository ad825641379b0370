import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { applicationId } from '../../state/application-id.ts';
import { mostRowBytes, rowTooLong, lengthOf } from '../shared/rows.ts';
import type { Answer, Command, RawColumn, RawValue } from './messages.ts';

/*
 * The process that reads one file, or writes to it where that is what it was opened for. node:sqlite blocks its thread for as long as a statement takes, and has no way to end
 * one: a process can be killed, whatever it does, and a reader's death harms no file.
 */

/** Rows, and about how many bytes of them, that one message takes. */
const rowsAtOnce = 500;
const bytesAtOnce = 256 * 1024;
/** SQLite refuses a longer value before it is in memory; a Node.js without `limits` reads it first. */
const limits = { length: mostRowBytes } as const;

class Refusal extends Error {}

function open({ file, lockTimeoutMs, writes }: Command & { do: 'open' }): DatabaseSync {
  // SQLite says "unable to open database file" to all of these.
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new Refusal(`there is no file ${file}`);
  if (stat.isDirectory()) throw new Refusal(`${file} is a directory`);
  if (!stat.isFile()) throw new Refusal(`${file} is not a regular file`);
  const options = { readOnly: writes !== true, timeout: lockTimeoutMs, limits };
  const database = new DatabaseSync(file, options);
  const own = database.prepare('PRAGMA application_id').get()?.['application_id'];
  if (own === applicationId) {
    database.close();
    throw new Refusal(`${file} is the state file of an erp-exporter; name the file of a shop or an ERP`);
  }
  return database;
}

/** node:sqlite runs the first statement of several and says nothing about the rest. */
function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  const rest = sql.slice(statement.sourceSQL.length).replaceAll(/\/\*[\s\S]*?(?:\*\/|$)|--[^\n]*|[\s;]/g, '');
  if (rest !== '') throw new Refusal('there is a second statement behind the ";"; only one can run');
  statement.setReadBigInts(true);
  // As objects they would lose all but the last of the columns with the same name.
  statement.setReturnArrays(true);
  return statement;
}

function columnsOf(statement: StatementSync): readonly RawColumn[] {
  return statement.columns().map(({ name, type }) => ({ name, declared: type ?? '' }));
}

/** Sends rows in batches, each after the one before was taken. */
class Sending {
  readonly #rows: Iterator<readonly RawValue[]>;
  #left: number;

  constructor(rows: Iterator<readonly RawValue[]>, maxRows: number) {
    this.#rows = rows;
    this.#left = maxRows;
  }

  next(): Answer {
    const rows: (readonly RawValue[])[] = [];
    for (let bytes = 0; rows.length < rowsAtOnce && bytes < bytesAtOnce && this.#left > 0; this.#left -= 1) {
      const next = this.#rows.next();
      if (next.done === true) {
        this.#left = 0;
        break;
      }
      const length = next.value.reduce<number>((sum, cell) => sum + lengthOf(cell), 0);
      if (length > mostRowBytes) throw rowTooLong();
      bytes += length;
      rows.push(next.value);
    }
    if (rows.length > 0) return { is: 'rows', rows };
    this.#rows.return?.();
    return { is: 'done' };
  }
}

class Reader {
  #database: DatabaseSync | undefined;
  #sending: Sending | undefined;

  /** The answers to one command, in their order. */
  *answer(command: Command): Generator<Answer> {
    if (command.do === 'open') {
      this.#database = open(command);
      const version = this.#database.prepare('SELECT sqlite_version() AS version').get()?.['version'];
      yield { is: 'opened', version: typeof version === 'string' ? version : '' };
      return;
    }
    if (this.#database === undefined) throw new Refusal('no file is open');
    if (command.do === 'describe')
      yield { is: 'columns', columns: columnsOf(prepare(this.#database, command.sql)) };
    else if (command.do === 'run') yield* this.#run(this.#database, command);
    else if (command.do === 'execute') yield execute(this.#database, command);
    else if (this.#sending !== undefined) yield this.#sending.next();
  }

  *#run(
    database: DatabaseSync,
    { sql, values, maxRows, lockTimeoutMs }: Command & { do: 'run' },
  ): Generator<Answer> {
    database.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
    const statement = prepare(database, sql);
    yield { is: 'columns', columns: columnsOf(statement) };
    const rows: Iterator<unknown> = statement.iterate(...values);
    this.#sending = new Sending(rows as Iterator<readonly RawValue[]>, maxRows);
    yield this.#sending.next();
  }
}

function execute(database: DatabaseSync, { sql, values, maxRows }: Command & { do: 'execute' }): Answer {
  const statement = prepare(database, sql);
  const columns = columnsOf(statement);
  if (columns.length === 0) {
    const { changes } = statement.run(...values);
    return { is: 'executed', columns, rows: [], changed: Number(changes) };
  }
  const rows: (readonly RawValue[])[] = [];
  const before = changesOf(database);
  const found: Iterable<unknown> = statement.iterate(...values);
  for (const row of found as Iterable<readonly RawValue[]>) {
    rows.push(row);
    if (rows.length > maxRows) break;
  }
  return { is: 'executed', columns, rows, changed: changesOf(database) - before };
}

/** Rows that this connection has changed so far. */
function changesOf(database: DatabaseSync): number {
  return Number(database.prepare('SELECT total_changes() AS changes').get()?.['changes'] ?? 0);
}

function failureOf(error: unknown): Answer {
  const code =
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0;
  return { is: 'failed', code, message: error instanceof Error ? error.message : String(error) };
}

function serve(send: (answer: Answer) => void): void {
  const reader = new Reader();
  process.on('message', (command: Command) => {
    try {
      for (const answer of reader.answer(command)) send(answer);
    } catch (error) {
      send(failureOf(error));
    }
  });
  // The exporter is gone.
  process.on('disconnect', () => process.exit(0));
  new Worker(new URL(`./parent-watch${extname(import.meta.url)}`, import.meta.url), {
    workerData: process.ppid,
  }).unref();
}

if (process.send !== undefined) {
  const send = process.send.bind(process);
  serve((answer) => void send(answer));
}
