import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createErrorMemory } from '../../src/known-errors/memory.ts';
import type { ErrorMemory } from '../../src/known-errors/memory.ts';
import { openStateFile } from '../../src/state/file.ts';
import { dayMs } from '../../src/time.ts';

let folder: string;
let file: string;
let open: { memory: ErrorMemory; database: DatabaseSync | undefined }[];
const failures: Error[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'));
  file = join(folder, 'state.db');
  open = [];
  failures.length = 0;
});
afterEach(async () => {
  for (const { memory } of open) close(memory);
  await rm(folder, { recursive: true, force: true });
});

function memoryAt(path: string): ErrorMemory {
  const database = path === ':memory:' ? undefined : openStateFile(path);
  const memory = createErrorMemory(database, (error) => failures.push(error));
  open.push({ memory, database });
  return memory;
}

function close(memory: ErrorMemory): void {
  memory.flush();
  open.find((other) => other.memory === memory)?.database?.close();
  open = open.filter((other) => other.memory !== memory);
}

const start = Date.UTC(2026, 10, 21, 9);
const minute = 60_000;
const hour = 60 * minute;

/** What the file says, seen from outside. */
function rowsOf(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

describe.each(['a file', ':memory:'])('an error, remembered in %s', (where) => {
  const memory = () => memoryAt(where === 'a file' ? file : where);

  it('is new for a day from when it was first seen', () => {
    const { seen } = bind(memory());
    expect(seen(start)).toBe(start);
    expect(seen(start + 5 * minute)).toBe(start);
    expect(seen(start + dayMs - 1)).toBe(start);
    expect(seen(start + dayMs)).toBeNull();
    expect(seen(start + 40 * dayMs - 11 * dayMs)).toBeNull();
  });

  it('is not new when it was there at the first look', () => {
    const { seen } = bind(memory());
    expect(seen(start, true)).toBeNull();
    expect(seen(start + minute, false)).toBeNull();
  });

  it('is new again after 30 days without it, and not a moment before', () => {
    const { seen } = bind(memory());
    seen(start, true);
    expect(seen(start + 30 * dayMs - 1)).toBeNull();
    const back = start + 30 * dayMs - 1 + 30 * dayMs;
    expect(seen(back)).toBe(back);
    expect(seen(back + hour)).toBe(back);
  });

  it('stays new when it goes and comes within the day', () => {
    const { seen } = bind(memory());
    expect(seen(start)).toBe(start);
    expect(seen(start + 20 * hour)).toBe(start);
  });

  it('is one in each flow', () => {
    const it = memory();
    expect(it.seen('orders', 'rate-limit', start, true)).toBeNull();
    expect(it.seen('payments', 'rate-limit', start, false)).toBe(start);
    expect(it.seen('orders', 'locked', start, false)).toBe(start);
  });

  it('is never new in the future, when the clock is put back', () => {
    const { seen } = bind(memory());
    seen(start);
    expect(seen(start - 3 * hour)).toBe(start - 3 * hour);
    expect(seen(start)).toBe(start - 3 * hour);
  });

  it('is of a source that is looked at for the first time once', () => {
    const it = memory();
    expect(it.isFirstRun('acme/web_orders', start)).toBe(true);
    expect(it.isFirstRun('acme/web_orders', start)).toBe(true);
    expect(it.isFirstRun('acme/web_orders', start + minute)).toBe(false);
    expect(it.isFirstRun('globex/web_orders', start + minute)).toBe(true);
  });
});

function bind(memory: ErrorMemory) {
  return {
    seen: (now: number, baseline = false) => memory.seen('orders', 'unknown-0123456789ab', now, baseline),
  };
}

describe('a file', () => {
  it('passes what this process saw on to the next', () => {
    const before = memoryAt(file);
    before.isFirstRun('acme/web_orders', start);
    before.seen('orders', 'baseline', start, true);
    before.seen('orders', 'new', start, false);
    before.seen('orders', 'new', start + 30_000, false);
    close(before);
    const after = memoryAt(file);
    expect(after.isFirstRun('acme/web_orders', start + hour)).toBe(false);
    expect(after.seen('orders', 'baseline', start + hour, false)).toBeNull();
    expect(after.seen('orders', 'new', start + hour, false)).toBe(start);
    expect(after.seen('orders', 'newer', start + hour, false)).toBe(start + hour);
  });

  it('counts 30 days over a restart', () => {
    const before = memoryAt(file);
    before.seen('orders', 'old', start, true);
    before.seen('orders', 'old', start + 10_000, true);
    close(before);
    const back = start + 10_000 + 30 * dayMs;
    const after = memoryAt(file);
    expect(after.seen('orders', 'old', back - 1, false)).toBeNull();
    close(after);
    expect(memoryAt(file).seen('orders', 'old', back + 30 * dayMs, false)).toBe(back + 30 * dayMs);
  });

  it('holds what was seen even when the process is killed', () => {
    const killed = memoryAt(file);
    killed.seen('orders', 'new', start, false);
    expect(rowsOf('SELECT error, since, baseline FROM class')).toEqual([
      { error: 'new', since: start, baseline: 0 },
    ]);
    expect(memoryAt(file).seen('orders', 'new', start + hour, false)).toBe(start);
  });

  it('is written once a minute for each class at most', () => {
    const memory = memoryAt(file);
    const lastSeen = () => rowsOf('SELECT last_seen FROM class').map((row) => row['last_seen']);
    for (let now = start; now < start + minute; now += 1000) memory.seen('orders', 'x', now, false);
    expect(lastSeen()).toEqual([start]);
    memory.seen('orders', 'x', start + minute, false);
    expect(lastSeen()).toEqual([start + minute]);
    memory.seen('orders', 'x', start + 90_000, false);
    close(memory);
    expect(lastSeen()).toEqual([start + 90_000]);
  });

  it('forgets what was not seen for 30 days', () => {
    const memory = memoryAt(file);
    memory.seen('orders', 'old', start, false);
    memory.seen('orders', 'young', start + dayMs, false);
    memory.seen('orders', 'other', start + 30 * dayMs, false);
    expect(rowsOf('SELECT error FROM class ORDER BY error')).toEqual([
      { error: 'other' },
      { error: 'young' },
    ]);
  });

  it('keeps a bounded number of classes, those that were seen last', () => {
    const memory = memoryAt(file);
    for (let index = 0; index < 20_010; index += 1) {
      memory.seen('orders', `unknown-${index}`, start + index, true);
      if (index % 1000 === 0) memory.seen('orders', 'unknown-0', start + index, true);
    }
    expect(rowsOf('SELECT count(*) AS n FROM class')).toEqual([{ n: 20_000 }]);
    expect(memory.seen('orders', 'unknown-0', start + hour, false)).toBeNull();
    expect(memory.seen('orders', 'unknown-20009', start + hour, false)).toBeNull();
    expect(memory.seen('orders', 'unknown-1', start + hour, false)).toBe(start + hour);
  });

  it('that can no longer be written is reported once, and what was seen is still known', () => {
    const memory = memoryAt(file);
    memory.seen('orders', 'x', start, false);
    const other = new DatabaseSync(file);
    other.exec('DROP TABLE class');
    other.close();
    for (let index = 1; index < 4; index += 1)
      expect(memory.seen('orders', 'x', start + index * hour, false)).toBe(start);
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('no such table')]);
  });
});
