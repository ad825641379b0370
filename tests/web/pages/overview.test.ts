import { expect, it } from 'vitest';
import { records } from '../../../src/monitors/records/index.ts';
import { renderCompany } from '../../../src/web/pages/company.tsx';
import { renderOverview } from '../../../src/web/pages/overview.tsx';
import { companyOf } from '../../../src/web/view/monitor.ts';
import { overviewOf } from '../../../src/web/view/overview.ts';
import { assets, everything, pageContext, recordsReading, snapshotOf, taskOf } from '../world.ts';

it.each([
  ['nl', 'De laatste uitvoering is mislukt (login): login refused'],
  ['de', 'Der letzte Lauf ist fehlgeschlagen (login): login refused'],
] as const)('a card says in %s that nothing could be read', (language, text) => {
  const failure = { reason: 'login', message: 'login refused' } as const;
  const snapshot = snapshotOf([taskOf('orders', records, ['acme'], null, { failure })], { acme: 'ACME' });
  const page = pageContext(language);
  const html = renderOverview(page, overviewOf(snapshot, everything, page), { assets, isWall: false });
  expect(html).toContain(text);
  expect(html).not.toContain('The last run failed');
});

it('the page of a company says of which monitors the data are odd', async () => {
  const reading = await recordsReading({ failed: [{ record: 'W-1' }, { record: '' }] });
  const snapshot = snapshotOf(
    [
      taskOf('odd', records, ['acme'], reading),
      taskOf('even', records, ['acme'], await recordsReading({ failed: [] })),
    ],
    { acme: 'ACME' },
  );
  const page = pageContext('en');
  const card = companyOf(snapshot, everything, 'acme', page.now);
  if (card === undefined) throw new Error('there is no such company');
  const shown = { assets, environment: '', history: () => undefined, range: undefined };
  const rows = renderCompany(page, card, shown).split('<tr>').slice(2);
  const noted = rows.filter((row) => row.includes('Notes: 1')).map((row) => />(odd|even)</.exec(row)?.[1]);
  expect(noted).toEqual(['odd']);
});

it('says in the language of the page how far the clock of a database is off', () => {
  const snapshot = snapshotOf([taskOf('orders', records, ['acme'], null)], { acme: 'ACME' });
  snapshot.setDatabase({
    name: 'shop',
    driver: 'postgres',
    up: true,
    clockSkewSeconds: -1234.5678,
    problem: '',
  });
  const page = pageContext('de');
  const html = renderOverview(page, overviewOf(snapshot, everything, page), { assets, isWall: false });
  expect(html).toContain('Uhr weicht -1.234,57 s ab');
});

it('orders companies as people count', () => {
  const titles = ['Shop 27', 'Shop 3', 'Shop 100'];
  const tasks = titles.map((title) => taskOf('orders', records, [title], null));
  const snapshot = snapshotOf(tasks, Object.fromEntries(titles.map((title) => [title, title])));
  const { companies } = overviewOf(snapshot, everything, pageContext('en'));
  expect(companies.map(({ title }) => title)).toEqual(['Shop 3', 'Shop 27', 'Shop 100']);
});
