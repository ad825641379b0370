import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../../src/monitors/contract.ts';
import { records } from '../../src/monitors/records/index.ts';
import { History, saveBatchMs, saveSeriesMs } from '../../src/poll/history.ts';
import { HistorySeries, historyPoints, historyStepMs } from '../../src/poll/history-series.ts';
import { createHistoryFile } from '../../src/state/history-file.ts';
import type { HistoryFile } from '../../src/state/history-file.ts';
import { openStateFile } from '../../src/state/file.ts';
import { monitor } from '../helpers/fake-config.ts';
import { hour, minute, now, recordsReading, taskOf } from '../web/world.ts';

const day = 24 * hour;
const place = { company: 'acme', monitor: 'orders' };
const tasks = (...names: string[]) =>
  names.map((name) => ({ key: name, monitor: monitor(name), companies: ['acme'] }));

/** A run at an instant, of a monitor with so many failed records. */
async function runAt(at: number, failed: number, change: Parameters<typeof taskOf>[4] = {}) {
  const rows = Array.from({ length: failed }, (_, index) => ({ record: `W-${index}`, since: new Date(now) }));
  const late = [{ record: 'L', since: new Date(now - day) }];
  const reading = await recordsReading({ failed: rows, waiting: late });
  return taskOf('orders', records, ['acme'], reading, { lastRun: at, lastSuccess: at, ...change });
}

describe('the history of a monitor', () => {
  it('has the counts, the state and the duration of its runs', async () => {
    const history = new History();
    history.record(await runAt(now, 3, { durationSeconds: 0.5 }), now);
    const [point] = history.of(place, now);
    expect(point).toEqual({
      at: now - (now % historyStepMs),
      state: 'warning',
      counts: { failed: 3, waiting: 1, late: 1 },
      durationSeconds: 0.5,
    });
  });

  it('keeps of several runs within one step what was worst', async () => {
    const history = new History();
    const begin = now - (now % historyStepMs);
    history.record(await runAt(begin, 3, { durationSeconds: 0.5 }), begin);
    history.record(await runAt(begin + minute, 9, { durationSeconds: 0.25 }), begin + minute);
    history.record(await runAt(begin + 2 * minute, 1), begin + 2 * minute);
    expect(history.of(place, begin + 2 * minute)).toHaveLength(1);
    expect(history.of(place, begin)[0]).toMatchObject({ counts: { failed: 9 }, durationSeconds: 0.5 });
  });

  it('tells a failed run from one that saw nothing wrong', async () => {
    const history = new History();
    const failure = { reason: 'timeout' as const, message: 'too slow' };
    const quiet: Reading = { ...(await recordsReading({ failed: [] })), samples: [] };
    history.record(taskOf('orders', records, ['acme'], quiet, { lastRun: now - hour }), now - hour);
    history.record(taskOf('orders', records, ['acme'], quiet, { lastRun: now, failure }), now);
    expect(history.of(place, now).map(({ state, counts }) => [state, counts])).toEqual([
      ['ok', {}],
      ['no_data', {}],
    ]);
    // What was wrong before stays wrong while nobody can look.
    history.record(await runAt(now + hour, 2, { failure }), now + hour);
    expect(history.of(place, now + hour).at(-1)).toMatchObject({ state: 'warning', counts: {} });
  });

  it('reaches back 24 hours and no further, whatever the clock does', () => {
    const series = new HistorySeries();
    const point = (at: number) => ({ at, state: 'ok' as const, counts: { failed: 1 }, durationSeconds: 1 });
    for (let at = now - 3 * day; at <= now; at += historyStepMs) series.record(point(at));
    expect(series.points(now)).toHaveLength(historyPoints);
    expect(series.points(now + 6 * hour)).toHaveLength(historyPoints - 72);
    expect(series.points(now + 2 * day)).toEqual([]);
    // A gap stays one: nothing old comes to light again.
    series.record(point(now + 12 * hour));
    expect(series.points(now + 12 * hour)).toHaveLength(historyPoints / 2 + 1);
    series.record(point(now + 400 * day));
    expect(series.points(now + 400 * day)).toHaveLength(1);
    series.record(point(now));
    expect(series.points(now)).toHaveLength(1);
  });

  it('takes less than 20 MB for a thousand monitors', () => {
    expect(new HistorySeries().bytes.length * 1000).toBeLessThan(20_000_000);
  });

  it('goes with its monitor', async () => {
    const history = new History();
    history.record(await runAt(now, 3), now);
    history.retain(tasks('orders'));
    expect(history.of(place, now)).toHaveLength(1);
    history.retain(tasks('other'));
    history.retain(tasks('orders'));
    expect(history.of(place, now)).toEqual([]);
  });
});

describe('in the state file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'history-'));
    file = join(folder, 'state.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Does something with a history on the file, as one process would. */
  async function inProcess(action: (history: History) => Promise<void> | void, at = now): Promise<void> {
    const database = openStateFile(file);
    const history = new History();
    const kept = createHistoryFile(database, (error) => {
      throw error;
    });
    history.keepIn(kept, at);
    await action(history);
    history.flush(at);
    database.close();
  }

  it('outlives the process, for as long as it is of use', async () => {
    const before: unknown[] = [];
    await inProcess(async (history) => {
      history.record(await runAt(now - hour, 7), now - hour);
      history.record(await runAt(now, 3), now);
      before.push(...history.of(place, now));
    });
    await inProcess((history) => {
      history.retain(tasks('orders'));
      expect(before).toHaveLength(2);
      expect(history.of(place, now)).toEqual(before);
    });
    const later = now + 25 * hour;
    await inProcess((history) => {
      const other = taskOf('other', records, ['acme'], null, { lastRun: later });
      history.record(other, later);
    }, later);
    await inProcess((history) => {
      history.retain(tasks('orders', 'other'));
      expect(history.of(place, now)).toEqual([]);
      expect(history.of({ company: 'acme', monitor: 'other' }, later)).toHaveLength(1);
    }, later);
  });

  it('is replaced when what is there is not a history', async () => {
    const database = openStateFile(file);
    database
      .prepare('INSERT INTO history (series, saved, points) VALUES (?, ?, ?)')
      .run(JSON.stringify(['orders', 'acme']), now, new Uint8Array(7));
    database.close();
    await inProcess(async (history) => {
      history.retain(tasks('orders'));
      expect(history.of(place, now)).toEqual([]);
      history.record(await runAt(now, 3), now);
      expect(history.of(place, now)).toHaveLength(1);
    });
  });
});

it('is written rarely, in small batches, each series in its turn', () => {
  const saved: string[][] = [];
  const file: HistoryFile = {
    load: () => undefined,
    save: (entries) => saved.push([...entries].map(([series]) => series)),
  };
  const history = new History();
  const names = Array.from({ length: 300 }, (_, index) => `m${index}`);
  history.keepIn(file, now);
  history.retain(tasks(...names));
  const runs = names.map((name) => taskOf(name, records, ['acme'], null));
  const until = now + 4 * saveSeriesMs;
  for (let at = now; at < until; at += saveBatchMs)
    for (const run of runs) history.record({ ...run, lastRun: at }, at);
  expect(Math.max(...saved.map((batch) => batch.length))).toBe(10);
  const counts = Object.values(Object.groupBy(saved.flat(), (series) => series)).map((all) => all?.length);
  expect(counts).toHaveLength(300);
  // Each has waited its time, and then at most half as long again for its turn.
  expect(Math.min(...counts.map(Number))).toBeGreaterThanOrEqual(2);
  expect(Math.max(...counts.map(Number))).toBeLessThanOrEqual(3);
});
