import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languages } from '../../../src/known-errors/catalogue.ts';
import type { Language } from '../../../src/known-errors/catalogue.ts';
import { records } from '../../../src/monitors/records/index.ts';
import type { Snapshot } from '../../../src/poll/snapshot.ts';
import { renderCompany } from '../../../src/web/pages/company.tsx';
import { renderError, renderErrors } from '../../../src/web/pages/errors.tsx';
import { renderLookup } from '../../../src/web/pages/lookup.tsx';
import { renderMonitor } from '../../../src/web/pages/monitor.tsx';
import { renderOverview } from '../../../src/web/pages/overview.tsx';
import { recordsCsv } from '../../../src/web/pages/records-csv.ts';
import { errorOf, errorsOf } from '../../../src/web/view/errors.ts';
import { historyOf, spanOf } from '../../../src/web/view/history.ts';
import { lookUp } from '../../../src/web/view/lookup.ts';
import { companyOf, monitorOf } from '../../../src/web/view/monitor.ts';
import { overviewOf } from '../../../src/web/view/overview.ts';
import type { RecordQuery } from '../../../src/web/view/types.ts';
import {
  assets,
  everything,
  hour,
  now,
  pageContext,
  recordsReading,
  snapshotOf,
  taskOf,
  tasksOfEachKind,
} from '../world.ts';

const all: RecordQuery = { search: '', order: 'urgency', offset: 0, limit: 50 };
const kinds = ['records', 'reconcile', 'sync', 'jobs', 'query', 'broken'];

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('there is none');
  return value;
}

/** An hour of trouble in the last day: 12 records, then 3. */
const lastDay = [
  { at: now - 3 * hour, state: 'ok' as const, counts: { failed: 0 }, durationSeconds: 0.1 },
  { at: now - 2 * hour, state: 'critical' as const, counts: { failed: 10, late: 2 }, durationSeconds: 0.1 },
  { at: now - hour, state: 'warning' as const, counts: { failed: 3, waiting: 9 }, durationSeconds: 0.1 },
];

function monitorPage(snapshot: Snapshot, monitor: string, language: Language = 'en', query = all): string {
  const place = { company: 'acme', monitor };
  const page = pageContext(language, `/companies/acme/${monitor}`);
  return renderMonitor(page, present(monitorOf(snapshot, everything, place, query, now)), {
    assets,
    refresh: { isRunning: false },
    history: monitor.startsWith('broken') ? undefined : historyOf(lastDay, spanOf(1, now)),
    range: undefined,
  });
}

/** Every page there is, of one company with each kind of trouble. */
function pagesOf(snapshot: Snapshot, language: Language, asked: string): Map<string, string> {
  const frame = { assets, environment: snapshot.environment };
  const context = pageContext(language);
  const view = overviewOf(snapshot, everything, context);
  return new Map([
    ['overview', renderOverview(context, view, { assets, isWall: false })],
    ['wall', renderOverview(context, view, { assets, isWall: true })],
    [
      'company',
      renderCompany(context, present(companyOf(snapshot, everything, 'acme', now)), {
        ...frame,
        history: (monitor) => (monitor.startsWith('broken') ? undefined : historyOf(lastDay, spanOf(1, now))),
        range: undefined,
      }),
    ],
    ['errors', renderErrors(context, errorsOf(snapshot, everything, now), frame)],
    ...errorsOf(snapshot, everything, now).map(({ errorClass }): [string, string] => [
      `error ${errorClass}`,
      renderError(context, present(errorOf(snapshot, everything, errorClass, now)), frame),
    ]),
    ['lookup', renderLookup(context, lookUp(snapshot, everything, asked, now), frame)],
    ...kinds.map((kind): [string, string] => [kind, monitorPage(snapshot, `${kind}-acme`, language)]),
  ]);
}

async function world(word: string, title = 'ACME NV') {
  const snapshot = snapshotOf(await tasksOfEachKind('acme', word), { acme: title }, [word]);
  snapshot.setDatabase({
    name: 'shop',
    driver: 'postgres',
    up: false,
    clockSkewSeconds: null,
    problem: word,
  });
  return snapshot;
}

const hostile = [
  '"><script>alert(1)</script>',
  `'><img src=x onerror=alert(1)>`,
  '</title><svg/onload=alert(1)>',
  'javascript:alert(1)',
  '{count, plural, other {#}}',
  '<b>{at}</b>',
  '\u202Egnp.exe',
  '=HYPERLINK("http://evil.example")',
  '&lt;already&gt;',
  '🦄'.repeat(40),
  'x'.repeat(300),
  '${1+1}',
];

describe.each(languages)('the pages in %s', (language) => {
  it('say what is there in words, and show no value that is none', async () => {
    const pages = pagesOf(await world('aaa'), language, 'aaa-1');
    for (const [name, html] of pages) {
      expect(html, name).toContain(`<html lang="${language}">`);
      const text = html.replaceAll(/<[^>]*>/g, ' ');
      expect(text, name).not.toMatch(/undefined|\bnull\b|NaN|Infinity|Invalid|\[object|\bfigure\.|\blabel\./);
    }
  });

  it.each(hostile)('let no text break out of its place: %s', async (word) => {
    const snapshot = await world(word, word);
    for (const [name, html] of pagesOf(snapshot, language, word)) {
      expect(html, name).not.toMatch(
        /<(?:script(?! src="\/erp\/assets\/)|img|svg(?! class="spark"))|<b>\{at\}/i,
      );
      expect(html, name).not.toMatch(/\shref="javascript:/i);
    }
  });
});

describe('a company', () => {
  it('has the last 24 hours of each monitor as a drawing, and in words', async () => {
    const html = pagesOf(await world('aaa'), 'en', '').get('company') ?? '';
    expect(html.match(/<svg class="spark"/g)).toHaveLength(5);
    expect(html).toContain(
      'aria-label="Worst within 24 hours: Critical. Not OK: at most 12, at 08:00; last 3."',
    );
    // The largest count reaches the top of the drawing; nothing is drawn beyond its edges.
    expect(html).toMatch(/<path class="line" d="M[\d.]+ 29\.0h1L[\d.]+ 2\.0h1L[\d.]+ 22\.3h1/);
    expect(html.match(/<rect class="critical" x="\d+" y="32" width="1" height="8"/g)).toHaveLength(5);
  });
});

describe('a page', () => {
  it('holds text of any sort as nothing but text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (word) => {
        const rows = [
          { record: `r${word}`, since: new Date(now - hour), error: word, code: word, call: word },
        ];
        const task = taskOf('records-acme', records, ['acme'], await recordsReading({ failed: rows }));
        const plain = monitorPage(snapshotOf([task], { acme: 'A' }), 'records-acme');
        const tags = [...plain.matchAll(/<[a-z]+/g)].length;
        const usual = taskOf(
          'records-acme',
          records,
          ['acme'],
          await recordsReading({ failed: [{ ...rows[0], record: 'r1', error: 'e', code: 'c', call: 'a' }] }),
        );
        const expected = [
          ...monitorPage(snapshotOf([usual], { acme: 'A' }), 'records-acme').matchAll(/<[a-z]+/g),
        ].length;
        // An empty text leaves out its element; none adds one.
        expect(tags).toBeLessThanOrEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('names the environment first, if there is one', async () => {
    const snapshot = await world('aaa');
    snapshot.environment = '<test>';
    const html = pagesOf(snapshot, 'en', '').get('overview');
    expect(html).toContain('<title>[&lt;test>] Overview – erp-exporter</title>');
  });

  it('leads from the answer to what to do in two clicks', async () => {
    const snapshot = await world('aaa');
    const overview = present(pagesOf(snapshot, 'en', '').get('overview'));
    expect(overview).toContain('5 things need somebody:');
    const [, path] = /<li><a href="([^"]+)">ACME NV: flow-records-acme<\/a>/.exec(overview) ?? [];
    expect(path).toBe('/erp/companies/acme/records-acme');
    const html = monitorPage(snapshot, 'records-acme');
    expect(html).toContain('<strong>Action for aaa</strong>');
    expect(html).toContain('EUR\u00a01,240.50');
  });

  it('says that everything is all right when it is, and of nothing that it is', async () => {
    const reading = await recordsReading({ failed: [] });
    const fine = snapshotOf([taskOf('orders', records, ['acme'], reading)], { acme: 'A' });
    const answer = (snapshot: Snapshot) => {
      const context = pageContext();
      return renderOverview(context, overviewOf(snapshot, everything, context), { assets, isWall: false });
    };
    expect(answer(fine)).toContain('<h1>Everything is all right.</h1>');
    expect(answer(snapshotOf([], { acme: 'A' }))).toContain('names no monitor');
    const unread = snapshotOf([taskOf('orders', records, ['acme'], null)], { acme: 'A' });
    expect(answer(unread)).toContain('1 monitor says nothing about now:');
    expect(answer(unread)).not.toContain('all right');
  });

  it('shows what both sides of a mismatch say', async () => {
    const html = monitorPage(await world('aaa'), 'reconcile-acme');
    expect(html).toContain('Missing in erp aaa');
    expect(html).toContain('<dt>shop aaa</dt><dd><code>total=1240.50');
  });

  it('folds the trace that a message was taken from', async () => {
    const trace = 'Traceback (most recent call last):\n  File "a.py", line 7, in <send>\nValueError: odd';
    const failed = [{ record: 'A', since: new Date(now), error: trace }];
    const task = taskOf('records-acme', records, ['acme'], await recordsReading({ failed }));
    const html = monitorPage(snapshotOf([task], { acme: 'A' }), 'records-acme');
    expect(html).toContain('<code>ValueError: odd</code>');
    expect(html).toMatch(/<details class="trace"><summary>The whole message<\/summary><pre>Traceback/);
    expect(html).toContain('in &lt;send>');
  });

  it('hands on what was searched for to the next page and to the file', async () => {
    const failed = Array.from({ length: 60 }, (_, index) => ({
      record: `A&B ${index}`,
      since: new Date(now),
    }));
    const task = taskOf('records-acme', records, ['acme'], await recordsReading({ failed }));
    const query = { ...all, search: 'a&b', order: 'record' as const };
    const html = monitorPage(snapshotOf([task], { acme: 'A' }), 'records-acme', 'en', query);
    expect(html).toContain('1 to 50 of 60');
    expect(html).toContain('?search=a%26b&amp;order=record&amp;offset=50"');
    expect(html).toContain('/records.csv?search=a%26b&amp;order=record"');
  });
});

describe('the file of records', () => {
  async function csv(record: string, language: Language = 'en'): Promise<string[]> {
    const failed = [
      {
        record,
        since: new Date(now - hour),
        amount: '0012.50',
        currency: 'EUR',
        error: record,
        code: '',
        call: '',
      },
    ];
    const task = taskOf('orders', records, ['acme'], await recordsReading({ failed }));
    const place = { company: 'acme', monitor: 'orders' };
    const view = monitorOf(snapshotOf([task], { acme: 'A' }), everything, place, all, now);
    return recordsCsv(pageContext(language), view?.records?.items ?? []).split('\r\n');
  }

  it.each([
    ['0012345', '"=""0012345"""'],
    ['123456789012345', '"=""123456789012345"""'],
    ['12E4', '"=""12E4"""'],
    ['W-1', 'W-1'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+31 6', "'+31 6"],
    ['-1', "'-1"],
    ['=HYPERLINK("http://e.example","x")', `"'=HYPERLINK(""http://e.example"",""x"")"`],
  ])('keeps %s as a text', async (record, cell) => {
    const [, row = ''] = await csv(record);
    expect(row.startsWith(`${cell},Failed,2026-11-21T09:00:00.000Z,`)).toBe(true);
  });

  it('opens in the spreadsheet of the reader', async () => {
    const [head = ''] = await csv('W-1', 'de');
    expect(head.startsWith('\uFEFFDatensatz;Zustand;Seit;Betrag;Währung;')).toBe(true);
  });
});
