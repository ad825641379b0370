import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFile } from '../../../../src/state/file.ts';
import { createMonitorStates } from '../../../../src/state/monitor-states.ts';
import { candidates, confirmed, entryOf, Runs } from './cycle-runs.ts';
import { busy, hour, isScan, minute, settingsOf, start, World } from './cycle-world.ts';

describe('the deadline', () => {
  it('cuts a run: what is confirmed stays, what was compared counts, the next run goes on', async () => {
    const runs = new Runs(busy([0]));
    await runs.run();
    expect(confirmed(await runs.after(6 * minute))).toEqual({ r0: 'missing_right' });
    runs.world.now += 3 * hour;
    runs.world.insert('left', 'new', { at: start + 10 * minute });
    const deadline = new AbortController();
    let scans = 0;
    runs.world.onStatement = (statement) => {
      scans += isScan(statement) ? 1 : 0;
      if (scans === 5) deadline.abort();
    };
    const cut = await runs.run({ deadline: deadline.signal });
    expect(cut.cut).toBe(true);
    expect(cut.notes).toEqual(['The run ended at max_duration; the next one continues where it stopped.']);
    expect(confirmed(cut)).toEqual({ r0: 'missing_right' });
    expect(candidates(cut)).toEqual({ new: 'missing_right' });
    // What was compared three hours ago is not called verified, though what came after it was begun.
    expect(cut).toMatchObject({
      verifiedThrough: null,
      oldestAudit: null,
      uncheckedSince: start + 6 * minute,
    });
    expect(cut.share).toBeGreaterThan(0);
    expect(cut.share).toBeLessThan(1);
    runs.world.onStatement = () => undefined;
    const next = await runs.after(6 * minute);
    expect(next).toMatchObject({ cut: false, verifiedThrough: runs.world.now - 5 * minute });
    expect(confirmed(next)).toEqual({ r0: 'missing_right', new: 'missing_right' });
  });

  it('leaves a slice undone whose look-ups it cut', async () => {
    const runs = new Runs(busy([200]));
    const deadline = new AbortController();
    runs.world.onStatement = ({ name, keys = [] }) => {
      if (name === 'lookup' && keys.includes('r200')) deadline.abort();
    };
    const cut = await runs.run({ deadline: deadline.signal });
    expect(cut.cut).toBe(true);
    expect(cut.verifiedThrough ?? 0).toBeLessThanOrEqual(start - 206 * minute);
    runs.world.onStatement = () => undefined;
    expect(candidates(await runs.after(minute))).toEqual({ r200: 'missing_right' });
  });

  it('fails a run that it ends before it knows the clocks', async () => {
    const runs = new Runs(busy([]));
    const deadline = new AbortController();
    runs.world.onStatement = () => deadline.abort();
    await expect(runs.run({ deadline: deadline.signal })).rejects.toThrow(
      'max_duration ended before anything was compared',
    );
    expect([...runs.state.entries('')]).toEqual([]);
  });

  it('does not hide that the run was ended from outside', async () => {
    const runs = new Runs(busy([]));
    const both = new AbortController();
    runs.world.onStatement = (statement) => {
      if (isScan(statement)) both.abort();
    };
    await expect(runs.run({ deadline: both.signal, signal: both.signal })).rejects.toMatchObject({
      kind: 'aborted',
    });
    expect([...runs.state.entries('')]).toEqual([]);
  });
});

describe('a comparison that fails', () => {
  it.each(['now', 'lookup', 'rows'] as const)(
    'in %s throws, and leaves the state as it was',
    async (failing) => {
      const runs = new Runs(busy([0, 200]));
      await runs.run();
      await runs.after(6 * minute);
      const before = [...runs.state.entries('')];
      runs.world.insert('left', 'new');
      let count = 0;
      runs.world.onStatement = ({ name }) => {
        count += name === failing ? 1 : 0;
        if (count === 2) throw new Error('the server is gone');
      };
      await expect(runs.after(10 * minute)).rejects.toThrow('the server is gone');
      expect([...runs.state.entries('')]).toEqual(before);
      runs.world.onStatement = () => undefined;
      expect(confirmed(await runs.run())).toEqual({ r0: 'missing_right', r200: 'missing_right' });
    },
  );
});

describe('more mismatches than are kept', () => {
  it('are a lower bound until everything was compared anew', async () => {
    const runs = new Runs(busy([0, 1, 2, 3, 4]));
    const { rules } = settingsOf(runs.world, runs.state);
    const few = { rules: { ...rules, limit: 3 }, fullAuditMs: hour };
    await runs.run(few);
    const full = await runs.after(minute, few);
    expect(Object.keys(confirmed(full)).sort()).toEqual(['r2', 'r3', 'r4']);
    expect(full.ledger.overflowedAt).toBe(start + minute);
    for (const index of [0, 1, 2, 3, 4]) runs.world.copy(`r${index}`);
    // A run without time for anything old.
    const repaired = await runs.after(minute, { ...few, auditBudgetMs: 0 });
    expect(repaired.ledger.entries.size).toBe(0);
    expect(repaired.ledger.overflowedAt).toBe(start + minute);
    expect((await runs.after(minute, few)).ledger.overflowedAt).toBeNull();
  });

  it('than can be looked up at once are told as far as they can be, of a whole side too', async () => {
    const runs = new Runs(new World('text', { hasAt: false }));
    runs.world.tables.left = Array.from({ length: 20_001 }, (_, index) => ({
      key: `r${index}`,
      cells: [1n],
      at: null,
    }));
    const first = await runs.run();
    expect(first.ledger).toMatchObject({ overflowedAt: start });
    expect(first.ledger.entries.size).toBe(100);
    // It was not compared in whole, and nothing says so.
    expect(first.verifiedThrough).toBeNull();
    expect(first.notes).toEqual([
      'More than 20000 records seemed to differ in one part; some were not looked up.',
    ]);
    expect(Object.keys(confirmed(await runs.after(6 * minute)))).toHaveLength(100);
    runs.world.tables.right = runs.world.tables.left;
    const repaired = await runs.after(minute);
    expect([repaired.ledger.entries.size, repaired.verifiedThrough]).toEqual([0, runs.world.now]);
  });
});

describe('a restart', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'erp-cycle-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs as a process would that begins and ends. */
  async function inProcess<Result>(
    runs: Runs,
    definition: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const file = openStateFile(join(folder, 'state.db'));
    const states = createMonitorStates(file, (error) => {
      throw error;
    });
    try {
      runs.state = states.open('scope', definition, runs.world.now);
      return await work();
    } finally {
      states.close();
      file.close();
    }
  }

  it('keeps what was first seen when, what is confirmed and what was compared', async () => {
    const runs = new Runs(new World('integer', { hasAt: false }));
    for (let key = 0n; key < 10n; key += 1n) runs.world.insertBoth(key);
    runs.world.remove('right', 5n);
    await inProcess(runs, 'one', () => runs.run());
    const second = await inProcess(runs, 'one', () => runs.after(6 * minute));
    expect(entryOf(second, 5n)).toMatchObject({ firstSeen: start, confirmedAt: start + 6 * minute });
    expect(second.verifiedThrough).toBe(start + 6 * minute);
    const third = await inProcess(runs, 'one', () => runs.after(hour));
    expect(third.ledger).toEqual(second.ledger);
    runs.world.copy(5n);
    const { ledger } = await inProcess(runs, 'one', () => runs.after(minute));
    expect([ledger.entries.size, ledger.resolvedTotal]).toEqual([0, 1]);
  });

  it('with another definition begins anew', async () => {
    const runs = new Runs(busy([0]));
    await inProcess(runs, 'one', () => runs.run());
    await inProcess(runs, 'one', () => runs.after(6 * minute));
    const anew = await inProcess(runs, 'two', () => runs.after(minute));
    expect([confirmed(anew), candidates(anew)]).toEqual([{}, { r0: 'missing_right' }]);
    expect(entryOf(anew, 'r0')?.firstSeen).toBe(runs.world.now);
    expect(anew.compared).toBeGreaterThan(340);
  });
});
