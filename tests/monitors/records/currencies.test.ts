import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import type { MonitorState } from '../../../src/state/monitor-state.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { openStateFile } from '../../../src/state/file.ts';
import { createMonitorStates } from '../../../src/state/monitor-states.ts';
import { MemoryDatabase, now, observe, seriesOf } from '../run.ts';

const order = (record: string, amount: string | null, currency: string) => ({
  record,
  since: new Date(now),
  amount,
  currency,
});
const newState = () => createMonitorStates(undefined, () => {}).open('m', 'd', now);

/** The amounts that are exported, such as `failed EUR`. */
async function amountsOf(
  state: MonitorState,
  { failed, waiting }: { failed?: readonly Row[]; waiting?: readonly Row[] },
  settings: Readonly<Record<string, unknown>> = {},
) {
  const queries = { ...(failed && { failed: 'F' }), ...(waiting && { waiting: 'W' }), ...settings };
  const answers: Record<string, readonly Row[]> = {
    [String(queries.failed)]: failed ?? [],
    [String(queries.waiting)]: waiting ?? [],
  };
  const series = seriesOf(await observe(records, queries, new MemoryDatabase(answers), { state }));
  return Object.fromEntries(
    Object.entries(series).flatMap(([name, value]) => {
      const found = /^erp_(\w+)_records_amount\{acme,currency=(.*)\}$/.exec(name);
      return found === null ? [] : [[`${found[1] ?? ''} ${found[2] ?? ''}`, value]];
    }),
  );
}

describe('an amount that is gone', () => {
  it('is 0 in the currencies that were seen, and does not vanish', async () => {
    const state = newState();
    const failed = [order('W-1', '5', 'eur'), order('W-2', '7', 'USD')];
    const waiting = [order('W-3', '1', 'EUR')];
    const before = await amountsOf(state, { failed, waiting });
    expect(before).toEqual({
      'failed EUR': 5,
      'failed USD': 7,
      'waiting EUR': 1,
      'waiting USD': 0,
      'open EUR': 6,
      'open USD': 7,
    });
    const after = await amountsOf(state, { failed: [], waiting: [] });
    expect(after).toEqual(Object.fromEntries(Object.keys(before).map((name) => [name, 0])));
  });

  it('is 0 from the start where a threshold names the currency and the query an amount', async () => {
    const amount_threshold = { EUR: { warning: 100 } };
    const named = {
      failed: 'SELECT record, amount FROM f',
      waiting: 'SELECT record FROM w',
      amount_threshold,
    };
    expect(await amountsOf(newState(), { failed: [], waiting: [] }, named)).toEqual({
      'failed EUR': 0,
      'open EUR': 0,
    });
    expect(await amountsOf(newState(), { failed: [], waiting: [] })).toEqual({});
  });

  it('is not made up where what fails has no amount at all', async () => {
    const state = newState();
    const failed = [{ record: 'W-1', since: new Date(now) }];
    const waiting = [order('W-3', '1', 'EUR')];
    expect(await amountsOf(state, { failed, waiting })).toEqual({ 'waiting EUR': 1, 'open EUR': 1 });
    expect(await amountsOf(state, { failed, waiting: [] })).toEqual({ 'waiting EUR': 0, 'open EUR': 0 });
  });

  it('is that of one query where there is only one', async () => {
    const state = newState();
    await amountsOf(state, { failed: [order('W-1', '5', '')] });
    expect(await amountsOf(state, { failed: [] })).toEqual({ 'failed ': 0, 'open ': 0 });
  });

  it('is 0 at the company that had it', async () => {
    const state = newState();
    const run = async (rows: readonly Row[]) =>
      seriesOf(
        await observe(records, { failed: 'F' }, new MemoryDatabase({ F: rows }), {
          state,
          companies: ['acme', 'zenith'],
        }),
      );
    await run([{ ...order('W-1', '5', 'EUR'), company: 'zenith' }]);
    const series = await run([]);
    expect(series).toMatchObject({ 'erp_failed_records_amount{zenith,currency=EUR}': 0 });
    expect(series).not.toHaveProperty(['erp_failed_records_amount{acme,currency=EUR}']);
  });

  it('is 0 after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'erp-currencies-'));
    try {
      const process = async (failed: readonly Row[]) => {
        const file = openStateFile(join(folder, 'state.db'));
        const states = createMonitorStates(file, () => expect.unreachable());
        const amounts = await amountsOf(states.open('m', 'd', now), { failed });
        states.close();
        file.close();
        return amounts;
      };
      expect(await process([order('W-1', '5', 'EUR')])).toEqual({ 'failed EUR': 5, 'open EUR': 5 });
      expect(await process([])).toEqual({ 'failed EUR': 0, 'open EUR': 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
