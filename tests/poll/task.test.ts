import { expect, describe, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import type { MonitorKind, Reading, RunContext } from '../../src/monitors/contract.ts';
import { PendingWork } from '../../src/poll/pending-work.ts';
import { runTask } from '../../src/poll/task-run.ts';
import { stateDefinitionOf, stateScopeOf, tasksOf } from '../../src/poll/task.ts';
import type { MonitorStates } from '../../src/state/monitor-state.ts';
import { createMonitorStates } from '../../src/state/monitor-states.ts';
import { config, countingKind, database, monitor } from '../helpers/fake-config.ts';

const nothing: Reading = { samples: [], statuses: [], records: [], truncated: false, notes: [] };

/** A kind that does nothing but what a test wants to see. */
function kindThat(look: (run: RunContext<unknown>) => void, change: Partial<MonitorKind> = {}): MonitorKind {
  return {
    ...countingKind,
    ...change,
    observe: (run) => {
      look(run);
      return Promise.resolve(nothing);
    },
  };
}

/** Runs every task of a configuration once. */
async function runAll(what: Config, states = createMonitorStates(undefined, () => {})): Promise<void> {
  for (const task of tasksOf(what))
    await runTask(task, {
      config: what,
      database: () => {
        throw new Error('not asked for');
      },
      errors: {
        classify: () => ({ error: 'none', category: 'unknown', known: false, responder: '', retryWaitMs: 0 }),
        note: () => new Map(),
      },
      states,
      now: 0,
      signal: new AbortController().signal,
      pending: new PendingWork(),
    });
}

async function urlOf(recordUrl: string | undefined, record: string): Promise<string> {
  let url = 'never asked';
  const kind = kindThat((run) => (url = run.recordUrl(record)));
  await runAll(config([monitor('web_orders', { kind, ...(recordUrl === undefined ? {} : { recordUrl }) })]));
  return url;
}

it("gives a run the addresses of its monitor's records", async () => {
  expect(await urlOf('https://shop.example/{record}', 'W 1')).toBe('https://shop.example/W%201');
  expect(await urlOf(undefined, 'W 1')).toBe('');
});

it('gives a run the number of tasks whose long runs take turns with its own', async () => {
  const seen: Record<string, number> = {};
  const longTasksOf = (name: string, long: boolean, change: Parameters<typeof monitor>[1]) => {
    const look = ({ longTasks }: RunContext<unknown>) => void (seen[name] = longTasks);
    return monitor(name, { kind: kindThat(look, long ? { longRunMs: () => 60_000 } : {}), ...change });
  };
  const both = ['acme', 'globex'];
  await runAll(
    config(
      [
        longTasksOf('orders', true, { databases: ['shop', 'erp'], companies: both }),
        longTasksOf('payments', true, { databases: ['bank', 'erp'], companies: both }),
        longTasksOf('stock', true, { databases: ['wms'], companies: both, shared: true }),
        longTasksOf('records', false, { databases: ['shop'], companies: both }),
        longTasksOf('apart', false, { databases: ['crm'] }),
      ],
      ['shop', 'erp', 'bank', 'wms', 'crm'].map((name) => database(name)),
    ),
  );
  expect(seen).toEqual({ orders: 4, payments: 4, stock: 1, records: 2, apart: 1 });
});

describe('the state of a run', () => {
  it('is what the last run for the same companies kept', async () => {
    const states = createMonitorStates(undefined, () => {});
    const seen: (string | undefined)[] = [];
    const kind = kindThat(({ state, companies }) => {
      seen.push(state.get('who'));
      state.write({ set: new Map([['who', companies.join()]]) });
    });
    const what = config([monitor('a', { kind, companies: ['acme', 'globex'] }), monitor('b', { kind })]);
    await runAll(what, states);
    await runAll(what, states);
    expect(seen).toEqual([undefined, undefined, undefined, 'acme', 'globex', 'acme']);
  });

  it('is opened by those alone that use it, and once', async () => {
    const opened: string[] = [];
    const states = createMonitorStates(undefined, () => {});
    const counting: MonitorStates = {
      open: (scope, definition, now) => {
        opened.push(scope);
        return states.open(scope, definition, now);
      },
      retain: (scopes) => states.retain(scopes),
      isBehind: false,
      retry: () => {},
      close: () => states.close(),
    };
    const uses = kindThat(({ state }) => void state.get('a'));
    const usesTwice = kindThat((run) =>
      expect([run.state.get('a'), run.state.get('b')]).toEqual([undefined, undefined]),
    );
    const ignores = kindThat(() => {});
    const monitors = [uses, usesTwice, ignores].map((kind, index) => monitor(`m${index}`, { kind }));
    await runAll(config(monitors), counting);
    expect(opened).toEqual(['["m0","acme"]', '["m1","acme"]']);
  });

  const defined = (change: Parameters<typeof monitor>[1], shop: Parameters<typeof database>[1] = {}) => {
    const what = config([monitor('a', change)], [database('shop', shop)]);
    const [task] = tasksOf(what);
    if (task === undefined) throw new Error('no task');
    return stateScopeOf(task) + stateDefinitionOf(task, what);
  };

  it.each([
    ['settings', { settings: { sql: 'other' } }, {}],
    ['kind', { kind: { ...countingKind, kind: 'other' } }, {}],
    ['companies', { companies: ['globex'] }, {}],
    ['databases', { databases: [] }, {}],
    ["database's host", {}, { host: 'other' }],
    ["database's name on the server", {}, { database: 'other' }],
    ["database's zone", {}, { timezone: 'Europe/Brussels' }],
  ])('is dropped with other %s', (_what, change, shop) => {
    expect(defined(change, shop)).not.toBe(defined({}));
  });

  it.each([
    ['time-out', { timeoutMs: 1, runTimeoutMs: 2 }, {}],
    ['schedule', { schedule: { everyMs: 1 } }, {}],
    ['responder', { responder: 'it', criticality: 'critical' as const }, {}],
    ['password', {}, { password: 'new', user: 'other' }],
    ['limits of the database', {}, { connections: 9, lockTimeoutMs: 1 }],
  ])('stays with another %s', (_what, change, shop) => {
    expect(defined(change, shop)).toBe(defined({}));
  });

  it('depends on those settings that the kind names', () => {
    const kind = { ...countingKind, stateDependsOn: ({ sql }: Record<string, unknown>) => sql };
    const base = defined({ kind, settings: { sql: 'a', samples: 1 } });
    expect(defined({ kind, settings: { sql: 'a', samples: 2 } })).toBe(base);
    expect(defined({ kind, settings: { sql: 'b', samples: 1 } })).not.toBe(base);
  });

  it('tells nothing of the SQL', () => {
    expect(defined({ settings: { sql: 'SELECT secret' } })).not.toContain('secret');
  });
});
