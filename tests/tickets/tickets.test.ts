import { describe, expect, it } from 'vitest';
import { webhookRepeatMs } from '../../src/tickets/reconciler.ts';
import { World, fires, hour, minute, resolved, start, trackerSettings, ticketsConfig } from './world.ts';

async function opened(...records: readonly string[]): Promise<World> {
  const world = new World();
  await world.reads(...records);
  expect(await world.hears(...records.map((record) => fires(record, start)))).toBe('stored');
  await world.works();
  return world;
}

const only = (world: World) => {
  expect(world.tracker.tickets).toHaveLength(1);
  const [ticket] = world.tracker.tickets;
  if (ticket === undefined) throw new Error('no ticket');
  return ticket;
};

/** Money has spaces that do not break. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('a ticket', () => {
  it('says what happened, the value, the records and where to look', async () => {
    const { text: written, title } = only(await opened('W-1', 'W-2')).draft;
    const text = plain(written);
    expect(title).toBe('Records failed: ACME, orders, web_orders');
    expect(text).toContain('- 2 failed records (warning)');
    expect(text).toContain('At risk: EUR 25.00');
    expect(text).toContain('1. W-1 (since 27 Nov 2026, 10:00, EUR 12.50)');
    expect(text).toContain('Call: POST /orders');
    expect(text).toContain('Code: http:422');
    expect(text).toContain('https://monitor.example/companies/acme/web_orders');
    expect(text).toContain('https://monitor.example/docs/runbook#erprecordfailed');
  });

  it('is one, whatever comes twice, and a mere repeat says nothing', async () => {
    const world = await opened('W-1');
    for (let count = 0; count < 5; count += 1) await world.hears(fires('W-1', start + count));
    await world.passes(2 * hour);
    expect(only(world).remarks).toEqual([]);
    expect(world.sample('erp_tickets_open', { company: 'acme', tracker: 'desk' })).toBe(1);
  });

  it('tells new records in one comment per interval', async () => {
    const world = await opened('W-1');
    await world.reads('W-1', 'W-2', 'W-3');
    await world.hears(fires('W-2', world.now));
    await world.hears(fires('W-3', world.now));
    await world.passes(10 * minute);
    expect(only(world).remarks).toEqual([]);
    await world.passes(10 * minute);
    const [remark, ...others] = only(world).remarks;
    expect(others).toEqual([]);
    expect(remark?.text).toContain('W-2');
    expect(remark?.text).toContain('W-3');
    expect(remark?.text).not.toContain('W-1');
    expect(plain(remark?.text ?? '')).toContain('EUR 25.00');
  });

  it('cuts and cleans a hostile key', async () => {
    const hostile = `W\r\nBcc: all\u202e${'x'.repeat(10_000)}`;
    const world = new World();
    await world.hears(fires(hostile.slice(0, 300), start));
    await world.works();
    const { text } = only(world).draft;
    expect(text).toContain('1. W Bcc: all x');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(600);
  });

  it('is in the language of its company', async () => {
    const world = new World();
    const acme = world.config.companies.get('acme');
    if (acme === undefined) throw new Error('no company');
    world.config = { ...world.config, companies: new Map([['acme', { ...acme, language: 'nl' }]]) };
    await world.hears(fires('W-1', start));
    await world.works();
    expect(only(world).draft.title).toContain('Records mislukt');
    expect(only(world).draft.text).toContain('Wat er gebeurde:');
  });
});

describe('what becomes a ticket', () => {
  it('is what the policy says', async () => {
    const world = new World();
    await world.hears(fires('W-1', start, { known: 'true' }), fires('', start, { alertname: 'ErpWatchdog' }));
    await world.passes(hour);
    expect(world.tracker.tickets).toEqual([]);
    expect(world.sample('erp_ticket_alerts_total', { verdict: 'mail' })).toBe(1);
  });

  it('reaches no tracker that is not for its company, and that is said', async () => {
    const world = new World({
      trackers: new Map([['desk', trackerSettings('desk', { companies: new Set(['globex']) })]]),
    });
    await world.hears(fires('W-1', start), fires('W-1', start, { company: 'gone' }));
    await world.hears({
      ...fires('', start, { alertname: 'ErpDatabaseDown', company: '', database: 'shop' }),
    });
    await world.passes(hour);
    expect(world.tracker.tickets).toEqual([]);
    expect(world.sample('erp_ticket_alerts_total', { verdict: 'no_tracker' })).toBe(2);
    expect(world.sample('erp_ticket_alerts_total', { verdict: 'no_company' })).toBe(1);
    expect(world.logged).toContain('alert without a ticket');
  });

  it('is of its environment', async () => {
    const world = new World();
    world.config = { ...world.config, environment: 'prod' };
    await world.hears(fires('W-1', start, { environment: 'test' }));
    await world.works();
    expect(world.tracker.tickets).toEqual([]);
  });

  it('is one per event type', async () => {
    const world = new World();
    await world.hears(
      fires('W-1', start),
      fires('', start, { alertname: 'ErpRecordsLate' }),
      fires('', start, { alertname: 'ErpMassFailure' }),
    );
    await world.works();
    expect(world.tracker.tickets).toHaveLength(2);
  });
});

describe('recovery', () => {
  async function recovered(world: World): Promise<void> {
    await world.reads();
    await world.hears(resolved(fires('W-1', start), world.now));
  }

  it('closes what nobody touched, after a while', async () => {
    const world = await opened('W-1');
    await world.passes(5 * minute);
    await recovered(world);
    await world.passes(15 * minute);
    expect(only(world).state).toBe('open');
    await world.passes(10 * minute);
    expect(only(world).state).toBe('closed');
    expect(only(world).remarks.map(({ text }) => text)).toEqual([
      expect.stringContaining('Recovered at 27 Nov 2026, 10:05'),
    ]);
  });

  it.each(['touched', 'unknown'] as const)('is told once where a person has it in hand: %s', async (how) => {
    const world = await opened('W-1');
    if (how === 'touched') world.tracker.person('1');
    else world.tracker.knowsHistory = false;
    await recovered(world);
    await world.passes(5 * hour);
    expect(only(world).state).toBe('open');
    expect(only(world).remarks).toHaveLength(1);
    await world.hears(fires('W-1', world.now));
    await world.passes(hour);
    expect(only(world).remarks).toHaveLength(2);
    expect(only(world).remarks[1]?.text).toContain('again');
  });

  it.each([
    ['the monitor fails', { failure: { reason: 'unreachable', message: 'no' } }],
    ['the monitor has not run', { lastSuccess: start - hour }],
    ['its reading was dropped', { reading: null }],
  ] as const)('closes nothing when %s', async (_, change) => {
    const world = await opened('W-1');
    await recovered(world);
    for (let count = 0; count < 60; count += 1) {
      world.now += minute;
      world.fresh(change);
      await world.bridge.tick();
      await world.works();
    }
    expect(only(world).state).toBe('open');
    // Once the data are fresh, an alert would need a while to fire again.
    await world.passes(15 * minute);
    expect(only(world).state).toBe('open');
    await world.passes(10 * minute);
    expect(only(world).state).toBe('closed');
  });

  it('closes nothing when the monitor or the record is still there as it was, or the monitor has gone', async () => {
    const world = await opened('W-1');
    await world.hears(resolved(fires('W-1', start), world.now));
    await world.passes(2 * hour);
    expect(only(world).state).toBe('open');
    for (const key of world.snapshot.tasks.keys()) world.snapshot.removeTask(key);
    await world.passes(2 * hour, false);
    expect(only(world).state).toBe('open');
  });

  it('closes nothing while a database is down', async () => {
    const world = new World();
    const down = fires('', start, {
      alertname: 'ErpDatabaseDown',
      company: '',
      flow: '',
      monitor: '',
      database: 'shop',
    });
    const is = (up: boolean) =>
      world.snapshot.setDatabase({ name: 'shop', driver: 'fake', up, clockSkewSeconds: null, problem: '' });
    is(false);
    await world.hears(down);
    await world.works();
    await world.hears(resolved(down, start + minute));
    await world.passes(hour);
    expect(only(world).state).toBe('open');
    is(true);
    await world.passes(hour);
    expect(only(world).state).toBe('closed');
  });

  it('reopens within the window, and creates a new one after it', async () => {
    const world = await opened('W-1');
    await recovered(world);
    await world.passes(hour);
    expect(only(world).state).toBe('closed');
    await world.hears(fires('W-1', world.now));
    await world.passes(minute);
    expect(only(world).state).toBe('open');
    await world.hears(resolved(fires('W-1', world.now), world.now));
    await world.passes(hour);
    expect(only(world).state).toBe('closed');
    await world.passes(13 * hour);
    await world.hears(fires('W-1', world.now));
    await world.passes(minute);
    expect(world.tracker.tickets.map(({ state }) => state)).toEqual(['closed', 'open']);
  });
});

describe('what a person decides', () => {
  it('stays closed while the same alerts fire; a new record is a new ticket', async () => {
    const world = await opened('W-1');
    await world.passes(minute);
    world.tracker.person('1', 'closed');
    await world.passes(5 * minute);
    await world.hears(fires('W-1', start));
    await world.passes(2 * hour);
    expect(only(world).state).toBe('closed');
    await world.hears(fires('W-2', world.now));
    await world.passes(minute);
    expect(world.tracker.tickets.map(({ state }) => state)).toEqual(['closed', 'open']);
  });

  it('is honoured when nothing will be done, until all had cleared', async () => {
    const world = await opened('W-1');
    world.tracker.person('1', 'rejected');
    await world.passes(5 * minute);
    await world.hears(fires('W-2', world.now));
    await world.passes(2 * hour);
    expect(only(world).state).toBe('rejected');
    await world.hears(resolved(fires('W-1', start), world.now), resolved(fires('W-2', start), world.now));
    await world.passes(hour);
    await world.hears(fires('W-3', world.now));
    await world.passes(minute);
    expect(world.tracker.open).toHaveLength(1);
  });

  it('needs a new ticket when it was deleted', async () => {
    const world = await opened('W-1');
    world.tracker.remove('1');
    await world.passes(10 * minute);
    expect(world.tracker.open).toHaveLength(1);
  });
});

describe('order', () => {
  it('does not matter: an end before its beginning', async () => {
    const world = new World();
    await world.hears(resolved(fires('W-1', start - hour), start - minute));
    await world.hears(fires('W-1', start - hour));
    await world.passes(5 * minute);
    expect(world.tracker.tickets).toEqual([]);
    // Whatever is repeated long after does fire.
    await world.passes(hour);
    await world.hears(fires('W-1', start - hour));
    await world.works();
    expect(world.tracker.open).toHaveLength(1);
  });

  it('does not matter: an end of an earlier time', async () => {
    const world = await opened('W-1');
    await world.reads();
    await world.hears(resolved(fires('W-1', start - hour), start - minute));
    await world.passes(2 * hour);
    expect(only(world).state).toBe('open');
  });
});

describe('a tracker that fails', () => {
  it.each(['down', 'dropped', 'busy', 'login'] as const)('gets one ticket in the end: %s', async (mood) => {
    const world = new World();
    await world.reads('W-1');
    world.tracker.mood = mood;
    await world.hears(fires('W-1', start));
    await world.passes(hour);
    world.tracker.mood = 'well';
    await world.passes(hour);
    expect(only(world).state).toBe('open');
    expect(world.sample('erp_ticket_actions_total', { action: 'create', result: 'done' })).toBe(1);
    const changes = (flow: string, change: string) =>
      world.sample('erp_ticket_changes_total', { company: 'acme', flow, change });
    expect(changes('orders', 'opened')).toBe(1);
    // Counters begin at 0, so that the first is seen as an increase.
    expect(changes('flow-web_orders', 'closed')).toBe(0);
  });

  it('is not asked again at once by a wrong login', async () => {
    const world = new World();
    world.tracker.mood = 'login';
    await world.hears(fires('W-1', start));
    await world.passes(30 * minute);
    expect(world.sample('erp_ticket_actions_total', { result: 'login' })).toBeLessThanOrEqual(6);
    expect(world.logged).toContain('ticket step failed');
  });

  it('is asked ever more seldom when it refuses', async () => {
    const world = new World();
    world.tracker.mood = 'refused';
    await world.hears(fires('W-1', start));
    await world.passes(6 * hour);
    expect(world.sample('erp_ticket_actions_total', { result: 'refused' })).toBe(3);
    world.tracker.mood = 'well';
    await world.passes(6 * hour);
    expect(only(world).state).toBe('open');
  });
});

describe('comparing with Alertmanager', () => {
  const alert = (labels: Readonly<Record<string, string>>, state = 'active') => {
    const told = fires(labels['record'] ?? '', start, labels);
    return {
      fingerprint: told.fingerprint,
      labels: told.labels,
      annotations: told.annotations,
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + hour).toISOString(),
      status: { state, silencedBy: [], inhibitedBy: [] },
      receivers: [],
      updatedAt: '',
    };
  };
  const watchdog = alert({ alertname: 'ErpWatchdog' });
  const says = (world: World, ...alerts: readonly unknown[]) => {
    world.config = ticketsConfig({ alertmanagerUrl: 'http://alertmanager.example' });
    world.ask = () => Promise.resolve(JSON.stringify(alerts));
  };

  it('takes in what no webhook told, and no silenced alert', async () => {
    const world = new World();
    says(world, watchdog, alert({ record: 'W-1' }), alert({ alertname: 'ErpRecordsLate' }, 'suppressed'));
    await world.passes(5 * minute);
    expect(only(world).draft.title).toContain('Records failed');
  });

  it('closes what ended without a word, after the repeat interval', async () => {
    const world = await opened('W-1');
    await world.reads();
    says(world, watchdog);
    await world.passes(webhookRepeatMs);
    expect(only(world).state).toBe('open');
    await world.passes(2 * hour);
    expect(only(world).state).toBe('closed');
  });

  it('closes nothing while the alert is silenced, or nothing proves that alerts arrive', async () => {
    const world = await opened('W-1');
    await world.reads();
    says(world, watchdog, alert({ record: 'W-1' }, 'suppressed'));
    await world.passes(10 * hour);
    expect(only(world).state).toBe('open');
    says(world);
    await world.passes(10 * hour);
    world.ask = () => Promise.reject(new Error('refused'));
    await world.passes(10 * hour);
    expect(only(world).state).toBe('open');
  });

  it('concludes nothing from silence without it', async () => {
    const world = await opened('W-1');
    await world.reads();
    await world.passes(3 * webhookRepeatMs);
    expect(only(world).state).toBe('open');
  });
});

it('says so when it cannot store', async () => {
  const world = new World();
  await world.store.close();
  expect(await world.hears(fires('W-1', start))).toBe('failed');
});

describe('too much', () => {
  it('is counted, logged and said: alerts', async () => {
    const world = new World();
    await world.hears(...Array.from({ length: 230 }, (_, index) => fires(`W-${index}`, start)));
    await world.works();
    expect(only(world).draft.text).toContain('and 180 more');
    expect(only(world).draft.text).toContain('30 more alerts fire that are not listed here.');
    expect(world.sample('erp_ticket_alerts_total', { verdict: 'dropped' })).toBe(30);
    expect(world.logged).toContain('alerts of ticket dropped');
    // Told again they are no more; and what ends makes room.
    await world.hears(...Array.from({ length: 230 }, (_, index) => fires(`W-${index}`, start)));
    expect(world.sample('erp_ticket_alerts_total', { verdict: 'dropped' })).toBe(30);
    await world.hears(resolved(fires('W-0', start), world.now), fires('W-229', start));
    await world.passes(20 * minute);
    expect(only(world).remarks[0]?.text).toContain('W-229');
    expect(only(world).remarks[0]?.text).toContain('29 more alerts fire');
  });

  it('is said once: records', async () => {
    const world = new World();
    const many = (count: number) => Array.from({ length: count }, (_, index) => `W-${index}`);
    const all = fires('', start, { alertname: 'ErpMassFailure' });
    await world.reads(...many(1_000));
    await world.hears(all);
    await world.works();
    expect(only(world).draft.text).toContain('and 980 more');
    for (const count of [2_500, 2_600, 2_700]) {
      await world.reads(...many(count));
      await world.passes(20 * minute);
    }
    const texts = only(world).remarks.map(({ text }) => text);
    expect(texts).toHaveLength(2);
    expect(texts[0]).not.toContain('too many to tell');
    expect(texts[1]).toContain('too many to tell each in a comment');
    expect(world.logged.filter((event) => event === 'records of ticket not told')).toHaveLength(1);
    await world.reads();
    await world.hears(resolved(all, world.now));
    await world.passes(hour);
    expect(only(world).state).toBe('closed');
  });
});

describe('what is told already', () => {
  it('is a kind of error, with its first record', async () => {
    const world = await opened('W-1');
    await world.hears(fires('', start, { alertname: 'ErpNewKindOfError', error: 'unknown-1' }));
    await world.passes(hour);
    expect(only(world).remarks).toEqual([]);
    await world.hears(fires('', start, { alertname: 'ErpNewKindOfError', error: 'unknown-2' }));
    await world.passes(hour);
    expect(only(world).remarks).toHaveLength(1);
  });

  it('is no alert of notify-test: it makes no ticket', async () => {
    const world = new World();
    await world.hears(
      fires('TEST-1', start, { alertname: 'ErpTestAlert' }),
      fires('', start, { alertname: 'ErpWatchdog' }),
    );
    await world.passes(hour);
    expect(world.tracker.tickets).toEqual([]);
  });
});
