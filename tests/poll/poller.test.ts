import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { DatabaseError } from '../../src/databases/contract.ts';
import { History } from '../../src/poll/history.ts';
import { Poller } from '../../src/poll/poller.ts';
import { SnapshotStore } from '../../src/poll/snapshot.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import type { MonitorStates } from '../../src/state/monitor-state.ts';
import { config, countingKind, database, monitor } from '../helpers/fake-config.ts';
import { FakeDatabase, answerAfter } from '../helpers/fake-database.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const start = Date.parse('2026-11-21T12:00:00Z');

/** A poller on fake databases under virtual time. */
function setUp() {
  const databases = new Map<string, FakeDatabase>();
  const history: TaskStatus[] = [];
  const snapshot = new SnapshotStore({
    taskChanged: (task) => history.push(task),
    taskRemoved: () => {},
    othersChanged: () => {},
  });
  const runHistory = new History();
  const retained: string[][] = [];
  const passwords = new Map<string, string>();
  const states: MonitorStates = {
    open: () => {
      throw new Error('no kind here keeps anything');
    },
    retain: (scopes) => retained.push([...scopes]),
    isBehind: false,
    retry: () => {},
    close: () => {},
  };
  const poller = new Poller({
    snapshot,
    history: runHistory,
    open: () => (settings) => {
      const opened = new FakeDatabase();
      const prepared = prepare.get(settings.name);
      if (prepared !== undefined) Object.assign(opened, prepared);
      databases.set(settings.name, opened);
      return opened;
    },
    errors: () => ({
      classify: () => ({ error: 'none', category: 'unknown', known: false, responder: '', retryWaitMs: 0 }),
      note: () => new Map(),
    }),
    readPassword: (file) => Promise.resolve(passwords.get(file)),
    states: () => states,
    log: silent,
    now: () => Date.now(),
    random: () => 0,
  });
  const prepare = new Map<string, Partial<FakeDatabase>>();
  const task = (name: string, company = 'acme') => {
    const found = snapshot.tasks.get(JSON.stringify([name, company]));
    if (found === undefined) throw new Error(`no task ${name} ${company}`);
    return found;
  };
  const shop = () => {
    const found = databases.get('shop');
    if (found === undefined) throw new Error('shop is not open');
    return found;
  };
  return { runHistory, passwords, retained, poller, snapshot, databases, prepare, history, task, shop };
}

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const seconds = (count: number) => count * 1000;
const minutes = (count: number) => count * 60_000;
/** A row, whatever is in it. */
const row = { one: 1 };

describe('Poller', () => {
  let world: ReturnType<typeof setUp>;

  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    world = setUp();
  });

  afterEach(async () => {
    await world.poller.stop();
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  const apply = async (what: Config) => {
    await world.poller.apply(what, world.poller.prepare(what));
    await advance(1);
  };

  it('runs each task at once, then once an interval', async () => {
    await apply(config([monitor('orders', { companies: ['acme', 'globex'] })]));
    expect(world.poller.untried).toBe(0);
    expect(world.task('orders', 'globex').runs).toBe(1);
    await advance(minutes(10));
    expect(world.task('orders').runs).toBe(11);
    expect(world.task('orders', 'globex').runs).toBe(11);
  });

  it('runs a monitor whose queries tell companies apart once for all', async () => {
    await apply(config([monitor('orders', { companies: ['acme', 'globex'], shared: true })]));
    expect(world.shop().queries).toBe(1);
    const [task] = world.snapshot.tasks.values();
    expect(task?.reading?.samples.map(({ company }) => company)).toEqual(['acme', 'globex']);
  });

  it('never begins a run while the one before is under way, and counts what it skipped', async () => {
    world.prepare.set('shop', { answer: (_, signal) => answerAfter(seconds(25), [row], signal) });
    await apply(config([monitor('slow', { schedule: { everyMs: seconds(10) }, timeoutMs: minutes(1) })]));
    expect(world.task('slow').skipped).toBe(0);
    await advance(seconds(120));
    expect(world.shop().most).toBe(1);
    // Each run of 25 s that began when it was due covers two due times; the first run covers none.
    expect(world.task('slow').runs).toBeGreaterThanOrEqual(4);
    expect(world.task('slow').skipped).toBeGreaterThanOrEqual(2 * (world.task('slow').runs - 1));
  });

  it('cuts a run at its time-out and says so', async () => {
    world.prepare.set('shop', { answer: (_, signal) => answerAfter(minutes(10), [], signal) });
    await apply(config([monitor('slow', { timeoutMs: seconds(5) })]));
    await advance(seconds(5));
    expect(world.task('slow').failure).toEqual({
      reason: 'timeout',
      message: 'no result within the time-out of 5 s',
    });
    expect(world.shop().active).toBe(0);
  });

  it('gives a run of a slow kind more time than a statement', async () => {
    world.prepare.set('shop', { answer: (_, signal) => answerAfter(minutes(10), [], signal) });
    await apply(config([monitor('slow', { timeoutMs: seconds(5), runTimeoutMs: seconds(30) })]));
    await advance(seconds(29));
    expect(world.task('slow').failure).toBeNull();
    await advance(seconds(1));
    expect(world.task('slow').failure?.message).toMatch('within the time-out of 30 s');
  });

  it('does not cut a run at once that may last longer than a timer can', async () => {
    world.prepare.set('shop', { answer: (_, signal) => answerAfter(seconds(20), [row], signal) });
    await apply(config([monitor('slow', { runTimeoutMs: minutes(60 * 24 * 30) })]));
    await advance(seconds(21));
    expect(world.task('slow').failure).toBeNull();
    expect(world.task('slow').runs).toBe(1);
  });

  it('runs exclusive monitors of a database one at a time, and others beside them', async () => {
    world.prepare.set('shop', {
      answer: (sql, signal) =>
        sql === 'slow' ? answerAfter(seconds(20), [], signal) : Promise.resolve([row]),
    });
    const kind = { ...countingKind, longRunMs: () => 10_000 };
    const slow = ['a', 'b', 'c'].map((name) =>
      monitor(name, { kind, settings: { sql: 'slow' }, timeoutMs: minutes(1) }),
    );
    const quick = monitor('quick', { schedule: { everyMs: seconds(10) } });
    await apply(config([...slow, quick], [database('shop', { connections: 4 })]));
    expect(world.shop().active).toBe(1);
    const ended = () => ['a', 'b', 'c'].filter((name) => world.task(name).runs > 0);
    await advance(seconds(21));
    expect(ended()).toEqual(['a']);
    await advance(seconds(40));
    expect(ended()).toEqual(['a', 'b', 'c']);
    expect(world.task('quick').runs).toBeGreaterThanOrEqual(6);
    expect(world.shop().most).toBe(2);
  });

  it('lets go of the states of monitors that are gone', async () => {
    await apply(config([monitor('orders', { companies: ['acme', 'globex'] }), monitor('stock')]));
    expect(world.retained.at(-1)).toEqual(['["orders","acme"]', '["orders","globex"]', '["stock","acme"]']);
    await apply(config([monitor('stock')]));
    expect(world.retained.at(-1)).toEqual(['["stock","acme"]']);
  });

  it('gives up a run whose driver does not obey', async () => {
    world.prepare.set('shop', { answer: () => new Promise(() => {}) });
    await apply(config([monitor('stubborn', { timeoutMs: seconds(5) })]));
    await advance(seconds(8));
    expect(world.task('stubborn').failure?.reason).toBe('timeout');
  });

  it('lets slow monitors keep the last slot for others once they were seen to be slow', async () => {
    world.prepare.set('shop', {
      answer: (sql, signal) =>
        sql === 'slow' ? answerAfter(minutes(10), [], signal) : Promise.resolve([row]),
    });
    const every = { everyMs: seconds(10) };
    const slow = ['a', 'b', 'c'].map((name) =>
      monitor(name, { settings: { sql: 'slow' }, timeoutMs: seconds(9), schedule: every }),
    );
    await apply(config([...slow, monitor('quick', { schedule: every })]));
    await advance(seconds(30));
    const before = world.task('quick');
    await advance(minutes(5));
    expect(world.task('quick').runs - before.runs).toBe(30);
    expect(world.task('quick').skipped).toBe(before.skipped);
  });

  it.each(['locked', 'timeout'] as const)(
    'leaves the last slot to others while runs end with reason %s',
    async (kind) => {
      let active = 0;
      let most = 0;
      const slow = async (signal: AbortSignal) => {
        active += 1;
        most = Math.max(most, active);
        try {
          await answerAfter(seconds(9), [], signal);
          throw new DatabaseError(kind, 'waited in vain');
        } finally {
          active -= 1;
        }
      };
      world.prepare.set('shop', {
        answer: (sql, signal) => (sql === 'slow' ? slow(signal) : Promise.resolve([row])),
      });
      const every = { everyMs: seconds(10) };
      const monitors = ['a', 'b', 'c'].map((name) =>
        monitor(name, { settings: { sql: 'slow' }, timeoutMs: seconds(20), schedule: every }),
      );
      await apply(config([...monitors, monitor('quick', { schedule: every })]));
      await advance(seconds(30));
      expect(world.task('a').failure?.reason).toBe(kind);
      expect(most).toBe(2);
      most = active;
      const before = world.task('quick');
      await advance(minutes(5));
      expect(most).toBe(1);
      expect(world.task('quick').runs - before.runs).toBe(30);
      expect(world.task('quick').skipped).toBe(before.skipped);
    },
  );

  it('gives a monitor every slot again once its runs are no longer slow', async () => {
    let isLocked = true;
    const locked = () => Promise.reject(new DatabaseError('locked', 'lock timeout'));
    world.prepare.set('shop', {
      answer: (_, signal) => (isLocked ? locked() : answerAfter(seconds(9), [row], signal)),
    });
    await apply(config([monitor('a'), monitor('b')]));
    isLocked = false;
    await advance(minutes(3));
    expect(world.shop().most).toBe(2);
  });

  it('pings a database at once when a run lost its connection, and shows that it is down', async () => {
    await apply(config([monitor('orders', { schedule: { everyMs: seconds(7) } })]));
    const { pings } = world.shop();
    world.shop().answer = () => {
      world.shop().down = 'unreachable';
      return Promise.reject(new DatabaseError('lost', 'connection reset'));
    };
    await advance(seconds(7));
    expect(world.task('orders').failure).toEqual({ reason: 'unreachable', message: 'connection reset' });
    // The next regular ping is due 30 s after the last; what is down is tried again each second at first.
    expect(world.shop().pings).toBeGreaterThan(pings);
    expect(world.snapshot.databases.get('shop')).toMatchObject({ up: false, problem: 'connection refused' });
  });

  it('pings each database of a monitor with several when one refused it', async () => {
    const both = { databases: ['shop', 'erp'], schedule: { everyMs: seconds(7) } };
    await apply(config([monitor('orders', both)], [database('shop'), database('erp')]));
    const erp = world.databases.get('erp');
    const before = { shop: world.shop().pings, erp: erp?.pings ?? 0 };
    world.shop().down = 'unreachable';
    await advance(seconds(7));
    expect(world.shop().pings).toBeGreaterThan(before.shop);
    expect(erp?.pings).toBe(before.erp + 1);
    expect(world.snapshot.databases.get('shop')?.up).toBe(false);
    expect(world.snapshot.databases.get('erp')?.up).toBe(true);
  });

  it('keeps the last good reading while runs fail, and drops it after hold', async () => {
    await apply(config([monitor('orders', { holdMs: minutes(5) })]));
    const good = world.task('orders');
    world.shop().answer = () => Promise.reject(new Error('nonsense'));
    await advance(minutes(4));
    const held = world.task('orders');
    expect(held.failure?.reason).toBe('internal');
    expect(held.reading).toBe(good.reading);
    expect(held.lastSuccess).toBe(good.lastSuccess);
    await advance(minutes(3));
    expect(world.task('orders').reading).toBeNull();
    world.shop().answer = () => Promise.resolve([row]);
    await advance(minutes(1));
    expect(world.task('orders').reading?.samples[0]?.value).toBe(1);
    expect(world.task('orders').failure).toBeNull();
  });

  it('does not drop a reading that a good run renewed in time', async () => {
    await apply(config([monitor('orders', { holdMs: minutes(5) })]));
    for (let round = 0; round < 4; round += 1) {
      world.shop().answer = () => Promise.reject(new Error('nonsense'));
      await advance(minutes(4));
      world.shop().answer = () => Promise.resolve([row]);
      await advance(minutes(1));
      expect(world.task('orders').reading).not.toBeNull();
    }
  });

  it('tries a dead database with a growing pause, one try at a time, whatever hangs on it', async () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      monitor(`m${index}`, { schedule: { everyMs: seconds(10) } }),
    );
    await apply(config(many));
    expect(world.snapshot.databases.get('shop')?.up).toBe(true);
    world.shop().down = 'unreachable';
    await advance(seconds(40));
    expect(world.snapshot.databases.get('shop')).toMatchObject({ up: false, problem: 'connection refused' });
    const { queries, pings } = world.shop();
    await advance(minutes(10));
    expect(world.shop().queries).toBe(queries);
    expect(world.shop().pings - pings).toBeGreaterThanOrEqual(9);
    expect(world.shop().pings - pings).toBeLessThanOrEqual(13);
    expect(world.task('m7').failure).toEqual({
      reason: 'unreachable',
      message: 'database shop is down: connection refused',
    });
  });

  it('runs what failed at once when its database is back', async () => {
    await apply(config([monitor('orders', { schedule: { everyMs: minutes(30) } })]));
    world.shop().down = 'unreachable';
    await advance(minutes(35));
    expect(world.task('orders').failure?.reason).toBe('unreachable');
    world.shop().down = null;
    await advance(seconds(61));
    expect(world.task('orders').failure).toBeNull();
    expect(world.snapshot.databases.get('shop')?.up).toBe(true);
  });

  it('leaves monitors of other databases alone when one is dead', async () => {
    world.prepare.set('erp', { down: 'unreachable' });
    await apply(
      config(
        [monitor('orders'), monitor('stock', { databases: ['erp'], kind: { ...monitor('x').kind } })],
        [database('shop'), database('erp')],
      ),
    );
    await advance(minutes(5));
    expect(world.task('orders')).toMatchObject({ runs: 6, failure: null });
    expect(world.snapshot.databases.get('erp')?.up).toBe(false);
  });

  it('keeps a refused login from being tried with every run', async () => {
    world.prepare.set('shop', { down: 'login' });
    await apply(config([monitor('orders', { schedule: { everyMs: seconds(1) } })]));
    await advance(minutes(5));
    expect(world.shop().queries + world.shop().pings).toBeLessThan(4);
    expect(world.task('orders').failure).toEqual({
      reason: 'login',
      message: 'database shop is down: connection refused',
    });
    expect(world.task('orders').runs).toBe(301);
  });

  it('tries a refused login once, however many monitors wait for a slot', async () => {
    world.prepare.set('shop', { down: 'login' });
    await apply(config(Array.from({ length: 20 }, (_, index) => monitor(`orders_${index}`))));
    await advance(seconds(10));
    expect(world.shop().queries + world.shop().pings).toBeLessThan(4);
    for (let index = 0; index < 20; index += 1)
      expect(world.task(`orders_${index}`).failure?.reason).toBe('login');
  });

  it('reads the file of a refused password again, and tries another password at once', async () => {
    world.prepare.set('shop', { down: 'login' });
    world.passwords.set('/run/secrets/shop', 'old');
    const entry = { ...database('shop'), password: 'old', passwordFile: '/run/secrets/shop' };
    await apply({ ...config([monitor('orders')]), databases: new Map([['shop', entry]]) });
    await advance(minutes(2));
    const first = world.shop();
    expect(first.closed).toBe(false);
    world.prepare.set('shop', { down: null });
    world.passwords.set('/run/secrets/shop', 'new');
    await advance(seconds(30));
    expect(first.closed).toBe(true);
    expect(world.shop()).not.toBe(first);
    expect(world.snapshot.databases.get('shop')?.up).toBe(true);
    expect(world.task('orders').failure).toBeNull();
  });

  it('fails a run whose canary is silent as blind', async () => {
    await apply(config([monitor('orders', { canary: 'SELECT 1 FROM orders LIMIT 1' })]));
    expect(world.task('orders').failure?.reason).toBe('blind');
    world.shop().answer = () => Promise.resolve([row]);
    await advance(minutes(1));
    expect(world.task('orders').failure).toBeNull();
  });

  it('counts on at a steady pace when the clock is set back or forth', async () => {
    await apply(config([monitor('orders', { schedule: { everyMs: seconds(30) } })]));
    await advance(minutes(5));
    vi.setSystemTime(Date.now() - minutes(120));
    const before = world.task('orders').runs;
    await advance(minutes(5));
    expect(world.task('orders').runs - before).toBeGreaterThanOrEqual(9);
    vi.setSystemTime(Date.now() + minutes(300));
    const middle = world.task('orders').runs;
    await advance(minutes(5));
    expect(world.task('orders').runs - middle).toBeGreaterThanOrEqual(9);
    expect(world.task('orders').runs - middle).toBeLessThanOrEqual(12);
  });

  it('runs once for a due time also when the clock lags behind the timer a little', async () => {
    await apply(config([monitor('orders', { schedule: { everyMs: seconds(10) } })]));
    for (let round = 0; round < 30; round += 1) {
      await advance(seconds(10));
      vi.setSystemTime(Date.now() - 5);
    }
    expect(world.task('orders').runs).toBeLessThanOrEqual(31);
    expect(world.task('orders').runs).toBeGreaterThanOrEqual(30);
    expect(world.task('orders').skipped).toBe(0);
  });

  it('runs a cron monitor at the start and at its times, also when the clock was set back', async () => {
    await apply(config([monitor('nightly', { schedule: { cron: '0 2 * * *', timezone: 'UTC' } })]));
    expect(world.task('nightly').runs).toBe(1);
    await advance(minutes(60 * 14 - 5));
    expect(world.task('nightly').runs).toBe(1);
    vi.setSystemTime(Date.now() - minutes(60));
    await advance(minutes(60));
    expect(world.task('nightly').runs).toBe(1);
    await advance(minutes(6));
    expect(world.task('nightly').runs).toBe(2);
  });

  it('exchanges a configuration as a whole and keeps what did not change', async () => {
    await apply(config([monitor('same'), monitor('changed'), monitor('gone')]));
    await advance(minutes(2));
    const shop = world.shop();
    const same = world.task('same');
    await apply(config([monitor('same'), monitor('changed', { maxRows: 5 }), monitor('new')]));
    expect(world.shop()).toBe(shop);
    expect(world.task('same').runs).toBe(same.runs);
    expect(world.task('same').reading).toBe(same.reading);
    expect(world.task('changed').runs).toBe(1);
    expect(world.task('new').runs).toBe(1);
    expect([...world.snapshot.tasks.keys()]).not.toContain(JSON.stringify(['gone', 'acme']));
  });

  it('opens a database anew when its settings changed, and closes the old one', async () => {
    await apply(config([monitor('orders')]));
    const old = world.shop();
    await apply(config([monitor('orders')], [database('shop', { host: 'other' })]));
    expect(old.closed).toBe(true);
    expect(world.shop()).not.toBe(old);
    expect(world.task('orders').runs).toBe(1);
  });

  it('cancels what runs when it stops, and reports nothing more', async () => {
    world.prepare.set('shop', { answer: (_, signal) => answerAfter(minutes(1), [], signal) });
    await apply(config([monitor('orders')]));
    expect(world.shop().active).toBe(1);
    const reported = world.history.length;
    await world.poller.stop();
    await advance(1);
    expect(world.shop().active).toBe(0);
    expect(world.history.length).toBe(reported);
  });

  describe('for somebody who asks', () => {
    const place = (name: string, company = 'acme') => ({ company, monitor: name });
    const outcome = (name: string, company = 'acme') => world.poller.runNow(place(name, company)).outcome;
    /** How the run ended that is under way or begins now; undefined while it goes on. */
    const runNow = (name: string) => {
      const run = world.poller.runNow(place(name));
      const end: { completed?: boolean } = {};
      if (run.outcome === 'running') void run.ended.then((completed) => (end.completed = completed));
      return end;
    };

    it('runs a monitor once, at once, and leaves its schedule as it is', async () => {
      await apply(config([monitor('orders'), monitor('other')]));
      const end = runNow('orders');
      await advance(1);
      expect(end.completed).toBe(true);
      expect(world.task('orders').runs).toBe(2);
      expect(world.task('other').runs).toBe(1);
      await advance(minutes(10));
      expect(world.task('orders').runs).toBe(12);
      expect(world.task('orders').skipped).toBe(0);
    });

    it('joins the run that is under way, which costs nothing of the limit', async () => {
      world.prepare.set('shop', { answer: (_, signal) => answerAfter(seconds(5), [row], signal) });
      await apply(config([monitor('orders')]));
      expect(world.poller.isRunning(place('orders'))).toBe(true);
      const ends = Array.from({ length: 50 }, () => runNow('orders'));
      await advance(seconds(5));
      expect(ends.every(({ completed }) => completed === true)).toBe(true);
      expect(world.shop().queries).toBe(1);
      expect(world.poller.isRunning(place('orders'))).toBe(false);
      expect(outcome('orders')).toBe('running');
    });

    it('keeps within the connections of the database', async () => {
      const names = Array.from({ length: 8 }, (_, index) => `m${index}`);
      await apply(
        config(
          names.map((name) => monitor(name)),
          [database('shop', { connections: 2 })],
        ),
      );
      world.shop().answer = (_, signal) => answerAfter(seconds(3), [row], signal);
      world.shop().most = 0;
      const ends = names.map(runNow);
      await advance(seconds(12));
      expect(ends.every(({ completed }) => completed === true)).toBe(true);
      expect(world.shop().most).toBe(2);
    });

    it('runs a monitor no more than once in ten seconds, and says when to come again', async () => {
      await apply(config([monitor('orders'), monitor('other')]));
      runNow('orders');
      await advance(seconds(4));
      expect(world.poller.runNow(place('orders'))).toEqual({
        outcome: 'limited',
        limit: 'monitor',
        retryAfterMs: seconds(6),
      });
      expect(outcome('other')).toBe('running');
      await advance(seconds(6));
      expect(outcome('orders')).toBe('running');
    });

    it('runs no more than thirty in a minute in all', async () => {
      const names = Array.from({ length: 31 }, (_, index) => `m${index}`);
      await apply(config(names.map((name) => monitor(name, { schedule: { everyMs: minutes(30) } }))));
      for (const name of names.slice(0, 30)) {
        runNow(name);
        await advance(seconds(1));
      }
      expect(world.poller.runNow(place('m30'))).toEqual({
        outcome: 'limited',
        limit: 'all',
        retryAfterMs: seconds(30),
      });
      await advance(seconds(30));
      expect(outcome('m30')).toBe('running');
      expect(outcome('m29')).toBe('limited');
    });

    it('runs a monitor of several companies for whichever of them is asked for', async () => {
      await apply(config([monitor('orders', { companies: ['acme', 'globex'], shared: true })]));
      expect(outcome('orders', 'globex')).toBe('running');
      await advance(1);
      expect(world.shop().queries).toBe(2);
      expect(outcome('orders', 'acme')).toBe('limited');
    });

    it('refuses what is not there, no longer there after a reload, or at its end', async () => {
      await apply(config([monitor('orders'), monitor('gone')]));
      expect(outcome('none')).toBe('unknown');
      expect(outcome('orders', 'globex')).toBe('unknown');
      await apply(config([monitor('orders')]));
      expect(outcome('gone')).toBe('unknown');
      await world.poller.stop();
      expect(outcome('orders')).toBe('stopping');
    });

    it('says that a run was not completed when a reload or the end came first', async () => {
      world.prepare.set('shop', { answer: (_, signal) => answerAfter(seconds(5), [row], signal) });
      await apply(config([monitor('orders'), monitor('other')]));
      const ends = [runNow('orders'), runNow('other')];
      await apply(config([monitor('orders', { maxRows: 5 }), monitor('other')]));
      expect(ends.map(({ completed }) => completed)).toEqual([false, undefined]);
      await world.poller.stop();
      await advance(1);
      expect(ends.map(({ completed }) => completed)).toEqual([false, false]);
    });

    it('fails at once while the database is down', async () => {
      world.prepare.set('shop', { down: 'unreachable' });
      await apply(config([monitor('orders')]));
      const { runs } = world.task('orders');
      const end = runNow('orders');
      await advance(1);
      expect(end.completed).toBe(true);
      expect(world.task('orders').runs).toBe(runs + 1);
      expect(world.task('orders').failure?.message).toMatch('database shop is down');
    });
  });

  it('tells the history of each completed run, and of nothing else', async () => {
    const place = { company: 'acme', monitor: 'orders' };
    await apply(config([monitor('orders')]));
    await advance(minutes(20));
    expect(world.runHistory.of(place, Date.now()).length).toBeGreaterThanOrEqual(4);
    await apply(config([monitor('other')]));
    expect(world.runHistory.of(place, Date.now())).toEqual([]);
  });
});
