import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFile } from '../../src/state/file.ts';
import { mostEntries } from '../../src/state/monitor-state.ts';
import type { MonitorState, MonitorStates, StateChanges } from '../../src/state/monitor-state.ts';
import { createMonitorStates } from '../../src/state/monitor-states.ts';
import { dayMs } from '../../src/time.ts';

let folder: string;
let file: string;
let database: DatabaseSync;
let states: MonitorStates;
const failures: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'states-'));
  file = join(folder, 'state.db');
  failures.length = 0;
  start();
});
afterEach(async () => {
  stop();
  await rm(folder, { recursive: true, force: true });
});

function start(): void {
  database = openStateFile(file);
  states = createMonitorStates(database, ({ message }) => failures.push(message));
}

function stop(): void {
  states.close();
  database.close();
}

function restart(): void {
  stop();
  start();
}

const now = Date.UTC(2026, 10, 21, 9);
const hour = 3_600_000;
const contentOf = (state: MonitorState) => Object.fromEntries(state.entries(''));
const setting = (entries: Readonly<Record<string, string>>): StateChanges => ({
  set: new Map(Object.entries(entries)),
});
const scopesOnFile = () => database.prepare('SELECT name FROM monitor_scope ORDER BY name').all();

/** Lets the file not grow any more, as a full disk would. */
function fillDisk(): void {
  const pages = Number(Object.values(database.prepare('PRAGMA page_count').get() ?? {})[0]);
  database.exec(`PRAGMA max_page_count = ${pages}`);
}
const freeDisk = () => database.exec('PRAGMA max_page_count = 1000000');

describe.each(['a file', 'no file'])('a state in %s', (where) => {
  const open = (scope = 'm', definition = 'd') => {
    if (where === 'no file') states = createMonitorStates(undefined, ({ message }) => failures.push(message));
    return states.open(scope, definition, now);
  };

  it('gives back what was written, by key and by prefix', () => {
    const state = open();
    expect(state.get('a/1')).toBeUndefined();
    state.write(setting({ 'a/1': 'x', 'a/2': 'y', 'b/1': 'z' }));
    state.write({ set: new Map([['a/2', 'Y']]), delete: ['a/1', 'none'] });
    expect(state.get('a/1')).toBeUndefined();
    expect([...state.entries('a/')]).toEqual([['a/2', 'Y']]);
    expect(contentOf(states.open('m', 'd', now))).toEqual({ 'a/2': 'Y', 'b/1': 'z' });
    expect(contentOf(states.open('other', 'd', now))).toEqual({});
  });

  it('sets a key that is to be deleted as well', () => {
    const state = open();
    state.write(setting({ a: '1' }));
    state.write({ ...setting({ a: '2' }), delete: ['a'] });
    expect(state.get('a')).toBe('2');
  });

  it('drops what was kept under another definition', () => {
    open().write(setting({ a: '1' }));
    expect(contentOf(states.open('m', 'other', now))).toEqual({});
    expect(contentOf(states.open('m', 'd', now))).toEqual({});
  });

  it('does not take what a run writes that was replaced', () => {
    const old = open();
    const same = states.open('m', 'd', now);
    old.write(setting({ a: 'late' }));
    expect(same.get('a')).toBeUndefined();
    const other = states.open('m', 'other', now);
    same.write(setting({ a: 'late' }));
    expect(other.get('a')).toBeUndefined();
    other.write(setting({ a: 'right' }));
    expect(states.open('m', 'other', now).get('a')).toBe('right');
  });

  it('refuses too many entries, and takes nothing of them', () => {
    const state = open();
    const many = new Map(Array.from({ length: mostEntries }, (_, index) => [`k${index}`, '']));
    state.write({ set: many });
    expect(() => state.write({ ...setting({ more: '', k1: 'new' }) })).toThrow(RangeError);
    expect(state.get('k1')).toBe('');
    state.write({ ...setting({ more: '' }), delete: ['k0'] });
    expect(state.get('more')).toBe('');
  });
});

describe('a file', () => {
  it('outlives the process, whatever was written', () => {
    const change = fc.record({
      set: fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 4 }), fc.string({ unit: 'grapheme' }), {
        maxKeys: 5,
      }),
      delete: fc.array(fc.string({ unit: 'grapheme', maxLength: 2 }), { maxLength: 5 }),
      restart: fc.boolean(),
    });
    let scope = 0;
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        scope += 1;
        const expected = new Map<string, string>();
        for (const { set, delete: gone, restart: again } of changes) {
          const entries = new Map(Object.entries(set));
          states.open(`m${scope}`, 'd', now).write({ set: entries, delete: gone });
          for (const key of gone) expected.delete(key);
          for (const [key, value] of entries) expected.set(key, value);
          if (again) restart();
        }
        restart();
        expect(new Map(states.open(`m${scope}`, 'd', now).entries(''))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('forgets another definition for good', () => {
    states.open('m', 'd', now).write(setting({ a: '1' }));
    restart();
    states.open('m', 'other', now);
    restart();
    expect(contentOf(states.open('m', 'd', now))).toEqual({});
  });

  it('does not take what a run of another definition writes late', () => {
    const old = states.open('m', 'd', now);
    states.open('m', 'other', now);
    old.write(setting({ a: 'late' }));
    restart();
    expect(contentOf(states.open('m', 'other', now))).toEqual({});
  });

  it('keeps a scope of the configuration that is seldom used', () => {
    states.open('yearly', 'd', now).write(setting({ a: '1' }));
    states.open('other', 'd', now + 365 * dayMs);
    expect(scopesOnFile()).toEqual([{ name: 'other' }, { name: 'yearly' }]);
  });

  it('keeps a scope for 60 days after its last use, and not longer', () => {
    for (const scope of ['removed', 'used']) states.open(scope, 'd', now).write(setting({ a: '1' }));
    states.retain(new Set(['used']));
    states.open('used', 'd', now + 60 * dayMs - hour);
    expect(scopesOnFile()).toEqual([{ name: 'removed' }, { name: 'used' }]);
    states.open('used', 'd', now + 60 * dayMs + hour);
    expect(scopesOnFile()).toEqual([{ name: 'used' }]);
    expect(database.prepare('SELECT count(*) AS n FROM monitor_entry').get()).toEqual({ n: 1 });
    expect(states.open('used', 'd', now).get('a')).toBe('1');
  });

  it('is used by a monitor that comes back before', () => {
    states.open('m', 'd', now).write(setting({ a: '1' }));
    states.retain(new Set());
    expect(states.open('m', 'd', now + 59 * dayMs).get('a')).toBe('1');
    restart();
    states.open('other', 'd', now + 118 * dayMs);
    expect(scopesOnFile()).toEqual([{ name: 'm' }, { name: 'other' }]);
  });

  it('that is full is told once, and the state lives on until there is room', () => {
    const state = states.open('m', 'd', now);
    state.write(setting({ before: '1' }));
    fillDisk();
    const large = 'x'.repeat(100_000);
    state.write({ ...setting({ large }), delete: ['before'] });
    state.write(setting({ large2: large }));
    expect(failures).toEqual([expect.stringContaining('full')]);
    expect(Object.keys(contentOf(states.open('m', 'd', now)))).toEqual(['large', 'large2']);
    freeDisk();
    states.open('m', 'd', now).write(setting({ after: '1' }));
    restart();
    expect(Object.keys(contentOf(states.open('m', 'd', now))).sort()).toEqual(['after', 'large', 'large2']);
    expect(failures).toHaveLength(1);
  });

  it('gets at the end what it could not take before', () => {
    const state = states.open('m', 'd', now);
    fillDisk();
    state.write(setting({ large: 'x'.repeat(100_000) }));
    freeDisk();
    restart();
    expect(states.open('m', 'd', now).get('large')).toHaveLength(100_000);
  });

  it('takes a scope anew that somebody else removed', () => {
    const state = states.open('m', 'd', now);
    state.write(setting({ a: '1' }));
    database.exec('DELETE FROM monitor_scope');
    state.write(setting({ b: '2' }));
    state.write(setting({ c: '3' }));
    expect(failures).toEqual([expect.stringContaining('no longer in the file')]);
    restart();
    expect(contentOf(states.open('m', 'd', now))).toEqual({ a: '1', b: '2', c: '3' });
  });

  it('is not written once it was closed', () => {
    const state = states.open('m', 'd', now);
    restart();
    state.write(setting({ a: '1' }));
    expect(contentOf(states.open('m', 'd', now))).toEqual({});
    expect(failures).toEqual([]);
  });
});
