import { describe, expect, it } from 'vitest';
import { MetricsBody } from '../../../src/metrics/body.ts';
import { errorsOf } from '../../../src/web/view/errors.ts';
import { lookUp } from '../../../src/web/view/lookup.ts';
import { companyOf, monitorOf } from '../../../src/web/view/monitor.ts';
import { overviewOf } from '../../../src/web/view/overview.ts';
import type { RecordQuery } from '../../../src/web/view/types.ts';
import type { Viewer } from '../../../src/web/view/viewer.ts';
import {
  everything,
  hour,
  minute,
  now,
  only,
  recordsReading,
  snapshotOf,
  taskOf,
  tasksOfEachKind,
} from '../world.ts';
import { records } from '../../../src/monitors/records/index.ts';

const context = { now, timezone: 'Europe/Brussels' };
const all: RecordQuery = { search: '', order: 'urgency', offset: 0, limit: 50 };

async function twoCompanies() {
  const tasks = [...(await tasksOfEachKind('acme', 'aaa')), ...(await tasksOfEachKind('globex', 'ggg'))];
  return snapshotOf(tasks, { acme: 'Title aaa', globex: 'Title ggg' }, ['aaa', 'ggg']);
}

/** Everything that the views hold for a reader, as text. */
async function everythingSeenBy(viewer: Viewer): Promise<string> {
  const snapshot = await twoCompanies();
  const monitors = ['acme', 'globex'].flatMap((company) =>
    ['records', 'reconcile', 'sync', 'jobs', 'query', 'broken'].map((kind) =>
      monitorOf(snapshot, viewer, { company, monitor: `${kind}-${company}` }, all, now),
    ),
  );
  const companies = ['acme', 'globex'].map((name) => companyOf(snapshot, viewer, name, now));
  const lookups = ['aaa', 'ggg', 'ggg-1', '-'].map((record) => lookUp(snapshot, viewer, record, now));
  return JSON.stringify([
    overviewOf(snapshot, viewer, context),
    errorsOf(snapshot, viewer, now),
    monitors,
    companies,
    lookups,
  ]);
}

describe('a reader of one company', () => {
  it('sees nothing of another, in no view', async () => {
    const seen = await everythingSeenBy(only('acme'));
    expect(seen).toContain('aaa-1');
    // The words that were looked up are the reader's own.
    expect(seen.replaceAll(/"record":"ggg(?:-1)?","found":\[\]/g, '')).not.toMatch(/ggg|globex/);
  });

  it('is told from one who sees all', async () => {
    expect(await everythingSeenBy(everything)).toMatch(/Title ggg/);
  });

  it('sees no notes of a run that serves others too: they may name anybody', async () => {
    const reading = await recordsReading({ failed: [] }, ['acme', 'globex']);
    const task = taskOf('shared', records, ['acme', 'globex'], { ...reading, notes: ['ggg has no key'] });
    const snapshot = snapshotOf([task], { acme: 'A', globex: 'G' });
    const place = { company: 'acme', monitor: 'shared' };
    expect(JSON.stringify(monitorOf(snapshot, only('acme'), place, all, now))).not.toContain('ggg');
    expect(JSON.stringify(overviewOf(snapshot, only('acme'), context))).not.toContain('ggg');
    expect(monitorOf(snapshot, everything, place, all, now)?.line.notes).toEqual(['ggg has no key']);
  });

  it('sees neither the SQL nor why a run failed that serves others too; who sees them all does', async () => {
    const reading = await recordsReading({ failed: [] }, ['acme', 'globex']);
    const failure = { reason: 'columns', message: 'column company holds ggg' } as const;
    const task = taskOf(
      'shared',
      records,
      ['acme', 'globex'],
      reading,
      { failure },
      { failed: "SELECT 'ggg'" },
    );
    const snapshot = snapshotOf([task], { acme: 'A', globex: 'G' });
    const place = { company: 'acme', monitor: 'shared' };
    const own = monitorOf(snapshot, only('acme'), place, all, now);
    expect(JSON.stringify(own)).not.toContain('ggg');
    expect(own?.line.failure?.reason).toBe('columns');
    const whole = monitorOf(snapshot, everything, place, all, now);
    expect(whole?.line.failure).toEqual(failure);
    expect(whole?.statements?.[0]?.sql).toBe("SELECT 'ggg'");
  });
});

describe('a reader without rights', () => {
  const restricted: Viewer = { sees: () => true, may: () => false };

  it('sees how things stand, and neither records nor SQL', async () => {
    const snapshot = await twoCompanies();
    const view = monitorOf(snapshot, restricted, { company: 'acme', monitor: 'records-acme' }, all, now);
    expect(view).toMatchObject({ records: null, statements: null, line: { state: 'warning' } });
    expect(JSON.stringify(view)).not.toContain('aaa-1');
    expect(lookUp(snapshot, restricted, 'aaa-1', now).found).toEqual([]);
    // Two known classes, and one unknown class of both companies.
    expect(errorsOf(snapshot, restricted, now).map(({ example }) => example)).toEqual(['', '', '']);
  });
});

describe('the overview', () => {
  it('adds up what a company has open, each currency for itself', async () => {
    const [card] = overviewOf(await twoCompanies(), only('acme'), context).companies;
    expect(card).toMatchObject({
      state: 'warning',
      syncsToday: 4,
      lastSync: now - hour,
      totals: {
        failed: 2,
        notOkToday: 4,
        late: 1,
        mismatched: 1,
        atRisk: [
          { currency: 'EUR', amount: '1240.6' },
          { currency: 'CHF', amount: '30' },
        ],
      },
      // One monitor was never read.
      dataFrom: null,
    });
  });

  it('names what needs somebody, since when and whose turn it is', async () => {
    const { needs, unknown } = overviewOf(await twoCompanies(), only('acme'), context);
    expect(
      needs.map(({ monitor, since }) => [monitor, since === null ? null : (now - since) / minute]),
    ).toEqual([
      ['records-acme', 180],
      ['jobs-acme', 60],
      ['sync-acme', 60],
      ['reconcile-acme', expect.any(Number)],
      ['query-acme', null],
    ]);
    expect(needs[0]?.responders).toEqual(['it']);
    expect(unknown.map(({ monitor }) => monitor)).toEqual(['broken-acme']);
  });

  it('leaves out a company that no monitor serves', async () => {
    const snapshot = snapshotOf(await tasksOfEachKind('acme', 'a'), { acme: 'A', empty: 'E' });
    expect(overviewOf(snapshot, everything, context).companies.map(({ company }) => company)).toEqual([
      'acme',
    ]);
  });
});

describe('the records of a monitor', () => {
  const rows = Array.from({ length: 200 }, (_, index) => ({
    record: `R${String(index).padStart(3, '0')}`,
    since: new Date(now - index * minute),
    amount: String(index),
    currency: index % 2 === 0 ? 'EUR' : 'CHF',
    error: 'over the limit',
    code: index === 7 ? 'aaa' : '',
    call: '',
  }));

  async function page(query: Partial<RecordQuery>) {
    const waiting = [
      { record: 'R005', since: new Date(now - hour) },
      { record: 'late', since: new Date(now - hour) },
      { record: 'young', since: new Date(now) },
    ];
    const task = taskOf('orders', records, ['acme'], await recordsReading({ failed: rows, waiting }));
    const snapshot = snapshotOf([task], { acme: 'A' }, ['aaa']);
    const view = monitorOf(
      snapshot,
      everything,
      { company: 'acme', monitor: 'orders' },
      { ...all, ...query },
      now,
    );
    return view?.records ?? undefined;
  }

  it('are all there, although only some are listed one by one in metrics', async () => {
    const found = await page({ limit: 1000 });
    expect(found?.total).toBe(202);
    expect(found?.items.slice(0, 2).map(({ record }) => record)).toEqual(['R199', 'R198']);
    // A record that failed and waits again is one record; what only waits comes last.
    expect(found?.items.filter(({ record }) => record === 'R005').map(({ state }) => state)).toEqual([
      'failed',
    ]);
    expect(found?.items.slice(-2).map(({ record, state }) => [record, state])).toEqual([
      ['late', 'late'],
      ['young', 'waiting'],
    ]);
  });

  it('are handed out in pages, each record once', async () => {
    const seen: string[] = [];
    for (let offset = 0; offset < 250; offset += 50)
      seen.push(...((await page({ offset }))?.items ?? []).map(({ record }) => record));
    expect(new Set(seen).size).toBe(202);
    expect(seen).toHaveLength(202);
  });

  it('are found by number, code and class', async () => {
    expect((await page({ search: ' r007 ' }))?.items.map(({ record }) => record)).toEqual(['R007']);
    expect((await page({ search: 'aaa' }))?.items.map(({ record }) => record)).toEqual(['R007']);
    expect((await page({ search: 'CLASS-aaa r007' }))?.total).toBe(1);
    expect((await page({ search: 'nothing' }))?.total).toBe(0);
  });

  it('are sorted by what is asked for', async () => {
    const first = async (order: RecordQuery['order']) => (await page({ order }))?.items[0]?.record;
    expect([await first('record'), await first('amount'), await first('since')]).toEqual([
      'R000',
      'R199',
      'R199',
    ]);
  });

  it('bear what the catalogue says of their error', async () => {
    const [line] = (await page({ search: 'R007' }))?.items ?? [];
    expect(line).toMatchObject({
      isKnown: true,
      action: { en: 'Action for aaa' },
      meaning: { de: 'Meaning of aaa (de)' },
      responder: 'it',
      url: 'https://erp.example/R007',
      money: { amount: '7.00', currency: 'CHF' },
    });
  });
});

describe('a look-up', () => {
  it('finds a record by its number in whatever monitor, and by a part of it where there is none', async () => {
    const snapshot = await twoCompanies();
    const found = (record: string) =>
      lookUp(snapshot, only('acme'), record, now).found.map(({ record: key, state }) => [key, state]);
    expect(found(' AAA-1 ')).toEqual([['aaa-1', 'failed']]);
    expect(found('aaa-5')).toEqual([['aaa-5', 'missing_right']]);
    expect(found('aaa-').length).toBe(5);
    expect(found('')).toEqual([]);
    expect(found('no such')).toEqual([]);
  });
});

describe('the errors', () => {
  it('are counted by class, with what they are worth and since when', async () => {
    const lines = errorsOf(await twoCompanies(), only('acme'), now);
    expect(lines.map(({ errorClass, count, value }) => ({ errorClass, count, value }))).toEqual([
      { errorClass: 'class-aaa', count: 1, value: [{ currency: 'EUR', amount: '1240.50' }] },
      { errorClass: 'unknown-0', count: 1, value: [{ currency: 'EUR', amount: '0.10' }] },
    ]);
    expect(lines[0]).toMatchObject({ isKnown: true, firstSince: now - 2 * hour });
    expect(lines[0]).toMatchObject({ companies: ['acme'], companyTitles: ['Title aaa'] });
  });
});

it('shows the state that /metrics exports, for each monitor and company', async () => {
  const snapshot = await twoCompanies();
  const body = new MetricsBody({ ownMetrics: () => Promise.resolve(''), now: () => now });
  body.show(snapshot);
  for (const task of snapshot.tasks.values()) body.taskChanged(task);
  const text = (await body.get()).plain.toString();
  const exported = [
    ...text.matchAll(/^erp_monitor_state\{company="(\w+)",.*monitor="([\w-]+)".*state="(\w+)"\} 1$/gm),
  ];
  expect(exported).toHaveLength(12);
  const shown = overviewOf(snapshot, everything, context).companies.flatMap((card) => card.monitors);
  for (const [, company, monitor, state] of exported)
    expect(shown.find((line) => line.company === company && line.monitor === monitor)?.state).toBe(state);
});
