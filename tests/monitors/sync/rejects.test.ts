import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sync } from '../../../src/monitors/sync/index.ts';
import { newForMs } from '../../../src/monitors/sync/rejects.ts';
import { createMonitorStates } from '../../../src/state/monitor-states.ts';
import { dayMs } from '../../../src/time.ts';
import { MemoryDatabase, hour, minute, now, observe, problemsOf, seriesOf } from '../run.ts';

/** A monitor over time: each look sees so many rejects at a minute. `midnight` is the minute at which a day begins. */
function monitor(settings: Readonly<Record<string, unknown>> = {}) {
  const states = createMonitorStates(undefined, () => {});
  const midnight = 600;
  const startOf = (at: number) => (at < midnight ? midnight * minute - dayMs : midnight * minute);
  const look = async (at: number, rejected: number) => {
    const rows = [{ last_sync: new Date(now), rejected_today: rejected }];
    const reading = await observe(sync, { query: 'Q', ...settings }, new MemoryDatabase({ Q: rows }), {
      now: now + at * minute,
      today: () => now + startOf(at),
      state: states.open('m', 'd', now),
    });
    const news = (minuteAt: number) =>
      seriesOf(reading, now + minuteAt * minute)['erp_sync_new_rejects{acme}'];
    return { ...reading, news, status: reading.statuses[0] };
  };
  return { look, midnight };
}

const textOf = (status: { readonly state: string; readonly text: string } | undefined) =>
  `${status?.state ?? ''}: ${status?.text.replace(/^last sync .* ago, /, '') ?? ''}`;

describe('rejects', () => {
  it('are new for 30 minutes after they were seen, and then no trouble any more', async () => {
    const { look } = monitor();
    await look(0, 1);
    const { news, status } = await look(10, 5);
    expect([10, 39, 40, 200].map(news)).toEqual([4, 4, 0, 0]);
    expect(textOf(status)).toBe('warning: 5 rejected, 4 new');
    expect(status?.later?.from).toBe(now + 40 * minute);
    expect(textOf(status?.later)).toBe('ok: 5 rejected, none new');
    expect(textOf((await look(39, 5)).status)).toBe('warning: 5 rejected, 4 new');
    const old = await look(40, 5);
    expect(textOf(old.status)).toBe('ok: 5 rejected, none new');
    expect(old.status).not.toHaveProperty('later');
  });

  it('that are there at the first run are not new, nor are those seen before a gap', async () => {
    const { look } = monitor();
    expect(textOf((await look(0, 3)).status)).toBe('ok: 3 rejected, none new');
    expect((await look(120, 3)).news(120)).toBe(0);
    expect((await look(240, 4)).news(240)).toBe(1);
  });

  it('keep a restart of the exporter apart from an increase', async () => {
    const { look } = monitor();
    await look(0, 0);
    await look(5, 2);
    // The state is opened again for each run, as after a restart.
    expect((await look(8, 2)).news(8)).toBe(2);
    expect((await look(36, 2)).news(36)).toBe(0);
  });

  it('begin at 0 at midnight, whether or not a run saw it', async () => {
    const seen = monitor();
    await seen.look(590, 5);
    expect((await seen.look(605, 0)).news(605)).toBe(0);
    expect((await seen.look(610, 2)).news(610)).toBe(2);
    const unseen = monitor();
    await unseen.look(590, 5);
    expect((await unseen.look(605, 2)).news(605)).toBe(2);
    const daily = monitor();
    await daily.look(0, 3);
    expect((await daily.look(1200, 3)).news(1200)).toBe(3);
  });

  it('of the last minute of a day are still new after it', async () => {
    const { look } = monitor();
    await look(590, 0);
    expect((await look(599, 3)).news(599)).toBe(3);
    const { status, news } = await look(601, 0);
    expect(news(628)).toBe(3);
    expect(textOf(status)).toBe('warning: 0 rejected, 3 new');
  });

  it('are no news where the day of the query ends later than that of the company', async () => {
    const { look } = monitor();
    await look(590, 5);
    expect((await look(601, 5)).news(601)).toBe(0);
    expect((await look(661, 0)).news(661)).toBe(0);
    expect((await look(666, 1)).news(666)).toBe(1);
  });

  it('of a log that was corrected are fewer, not new', async () => {
    const { look } = monitor();
    await look(0, 5);
    expect((await look(5, 3)).news(5)).toBe(0);
    expect((await look(10, 4)).news(10)).toBe(1);
  });

  it('are measured by the limits where there are some', async () => {
    const { look } = monitor({ rejects: { warning: 3, critical: 10 } });
    await look(0, 0);
    expect(textOf((await look(5, 2)).status)).toBe('ok: 2 rejected, below the limit of 3');
    expect(textOf((await look(6, 3)).status)).toBe('ok: 3 rejected, at the limit of 3');
    expect(textOf((await look(7, 4)).status)).toBe('warning: 4 rejected, over the limit of 3');
    expect(textOf((await look(300, 4)).status)).toBe('warning: 4 rejected, over the limit of 3');
    const reading = await look(301, 11);
    expect(textOf(reading.status)).toBe('critical: 11 rejected, over the limit of 10');
    expect(seriesOf(reading)).toMatchObject({
      'erp_sync_rejects_today_threshold{acme,severity=warning}': 3,
      'erp_sync_rejects_today_threshold{acme,severity=critical}': 10,
    });
  });

  it('are news below a limit that is for critical ones alone', async () => {
    const { look } = monitor({ rejects: { critical: 10 } });
    await look(0, 0);
    expect(textOf((await look(5, 2)).status)).toBe('warning: 2 rejected, 2 new');
    expect(textOf((await look(50, 2)).status)).toBe('ok: 2 rejected, none new');
  });

  it('are kept apart by company', async () => {
    const state = createMonitorStates(undefined, () => {}).open('m', 'd', now);
    const companies = ['acme', 'zenith'];
    const look = async (at: number, acme: number, zenith: number) => {
      const rows = [
        { company: 'acme', last_sync: new Date(now), rejected_today: acme },
        { company: 'zenith', last_sync: new Date(now), rejected_today: zenith },
      ];
      const overrides = { companies, state, now: now + at };
      return seriesOf(
        await observe(sync, { query: 'Q' }, new MemoryDatabase({ Q: rows }), overrides),
        now + at,
      );
    };
    await look(0, 1, 0);
    expect(await look(minute, 1, 7)).toMatchObject({
      'erp_sync_new_rejects{acme}': 0,
      'erp_sync_new_rejects{zenith}': 7,
    });
  });

  it('start over with a state that cannot be read', async () => {
    for (const text of ['', '[1', '{"acme":{"count":"1"}}']) {
      const state = createMonitorStates(undefined, () => {}).open('m', 'd', now);
      state.write({ set: new Map([['rejects', text]]) });
      const rows = [{ last_sync: new Date(now), rejected_today: 4 }];
      const reading = await observe(sync, { query: 'Q' }, new MemoryDatabase({ Q: rows }), { state });
      expect(seriesOf(reading)['erp_sync_new_rejects{acme}']).toBe(0);
    }
  });

  it('are all new at their time, and none for longer, whatever the counts of a day are', async () => {
    const step = fc.record({ after: fc.integer({ min: 1, max: 50 }), more: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { look } = monitor();
        await look(-1, 0);
        let at = 0;
        let count = 0;
        const grown: (readonly [at: number, by: number])[] = [];
        for (const { after, more } of steps) {
          at += after;
          count += more;
          if (at >= 600) return;
          grown.push([at, more]);
          const { news } = await look(at, count);
          for (const ahead of [0, 13, 29, 30]) {
            const recent = grown.filter(([when]) => (at + ahead - when) * minute < newForMs);
            expect(news(at + ahead)).toBe(recent.reduce((sum, [, by]) => sum + by, 0));
          }
        }
      }),
    );
  });

  it('take no more room for a monitor that runs each second', async () => {
    const state = createMonitorStates(undefined, () => {}).open('m', 'd', now);
    for (let second = 0; second < 3600; second += 1) {
      const rows = [{ last_sync: new Date(now), rejected_today: second }];
      await observe(sync, { query: 'Q' }, new MemoryDatabase({ Q: rows }), {
        state,
        now: now + second * 1000,
      });
    }
    expect([...state.entries('')]).toHaveLength(1);
    expect(state.get('rejects')?.length).toBeLessThan(1000);
  });
});

describe('the setting rejects', () => {
  it('refuses a critical limit below the warning, and what is no number', () => {
    expect(problemsOf(sync, { query: 'Q', rejects: { warning: 9, critical: 3 } })).toEqual([
      expect.stringContaining('rejects.critical: is less than warning'),
    ]);
    expect(problemsOf(sync, { query: 'Q', rejects: { warning: 'some' } })).toHaveLength(1);
    expect(problemsOf(sync, { query: 'Q', rejects: { warning: 0 } })).toEqual([]);
  });

  it('needs the column that it limits', async () => {
    const database = new MemoryDatabase({ Q: [{ last_sync: new Date(now - hour) }] });
    await expect(observe(sync, { query: 'Q', rejects: { warning: 1 } }, database)).rejects.toMatchObject({
      reason: 'columns',
    });
  });
});
