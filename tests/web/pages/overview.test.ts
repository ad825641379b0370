import { expect, it } from 'vitest';
import { records } from '../../../src/monitors/records/index.ts';
import { renderOverview } from '../../../src/web/pages/overview.tsx';
import { overviewOf } from '../../../src/web/view/overview.ts';
import { assets, everything, pageContext, snapshotOf, taskOf } from '../world.ts';

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
