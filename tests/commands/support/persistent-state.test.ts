import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openPersistentState } from '../../../src/commands/support/persistent-state.ts';

let folder: string;
let file: string;
const lines: string[] = [];
const level = (name: string) => (event: string) => void lines.push(`${name} ${event}`);
const log = { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'persistent-'));
  file = join(folder, 'state.db');
  lines.length = 0;
  vi.useFakeTimers();
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

const now = Date.UTC(2026, 10, 21, 9);

/** Keeps everybody else from writing, as a backup that locks the file does. */
function block(): () => void {
  const database = new DatabaseSync(file);
  database.exec('BEGIN IMMEDIATE');
  return () => database.close();
}

const onFile = (sql: string) => {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all().map(Object.values);
  } finally {
    database.close();
  }
};

it('writes what it could not write as soon as it can, without another run', () => {
  const state = openPersistentState(file, log);
  expect(state.isWritten).toBe(true);
  const free = block();
  state.errors.isFirstRun('acme', now);
  state.errors.seen('orders', 'seen-once', now, false);
  state.states.open('m', 'd', now).write({ set: new Map([['a', '1']]) });
  expect(state.isWritten).toBe(false);
  vi.advanceTimersByTime(10_000);
  expect(state.isWritten).toBe(false);
  free();
  vi.advanceTimersByTime(10_000);
  expect(state.isWritten).toBe(true);
  // Read while the process lives: it may be killed the next moment.
  expect(onFile('SELECT error FROM class')).toEqual([['seen-once']]);
  expect(onFile('SELECT source FROM source')).toEqual([['acme']]);
  expect(onFile('SELECT key, value FROM monitor_entry')).toEqual([['a', '1']]);
  expect(lines).toEqual([
    'error state file write failed',
    'error state file write failed',
    'info state file written again',
  ]);
  state.close();
});

it('forgets what was forgotten meanwhile', () => {
  const state = openPersistentState(file, log);
  state.errors.seen('orders', 'old', now, false);
  const free = block();
  const later = now + 31 * 86_400_000;
  state.errors.seen('orders', 'new', later, false);
  free();
  vi.advanceTimersByTime(10_000);
  expect(onFile('SELECT error FROM class')).toEqual([['new']]);
  state.close();
});

it('writes at the end what no retry has written yet', () => {
  const state = openPersistentState(file, log);
  const free = block();
  state.errors.seen('orders', 'x', now, false);
  free();
  state.close();
  expect(onFile('SELECT error FROM class')).toEqual([['x']]);
  expect(vi.getTimerCount()).toBe(0);
});

it('is for one process: what was opened first stays, and closing frees it', () => {
  const first = openPersistentState(file, log);
  expect(() => openPersistentState(file, log)).toThrow(/another erp-exporter uses it/);
  first.close();
  openPersistentState(file, log).close();
});

it('frees a file that turns out to be unusable', () => {
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE theirs (a)');
  database.close();
  for (let round = 0; round < 2; round += 1)
    expect(() => openPersistentState(file, log)).toThrow(/of another program/);
});

it('has nothing to write without a file', () => {
  const state = openPersistentState(':memory:', log);
  expect(state.isWritten).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
  state.close();
});
