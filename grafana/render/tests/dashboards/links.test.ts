import { textUtil } from '@grafana/data';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Column, Link } from '../../src/display/table.ts';
import { dashboards, everyPanel, framesOf, recording, tableOf } from './shown.ts';

beforeAll(() => vi.setSystemTime(recording.time * 1000));

const variablesOf = (uid: string): string[] | undefined =>
  dashboards.find((one) => one.uid === uid)?.templating?.list?.map(({ name }) => name);

/** What is wrong with a link, given what the row or series that it stands at says of itself. */
function faultsOf({ href }: Link, labels: Readonly<Record<string, string>>): string[] {
  // Grafana cleans every address and thereby takes encoding off: that is all that may differ.
  if (/^https?:\/\//.test(href))
    return href === textUtil.sanitizeUrl(labels['url'] ?? '') ? [] : [`${href}: is not the record's address`];
  if (/\$\{|\$(?!__all)\w|NaN|undefined/.test(href)) return [`${href}: is not filled in`];
  const [, uid = '', query = ''] = /^\/d\/([\w-]+)\?(.*)$/.exec(href) ?? [];
  const variables = variablesOf(uid);
  if (variables === undefined) return [`${href}: leads nowhere`];
  const parameters = [...new URLSearchParams(query)];
  const missing = ['from', 'to', 'var-datasource'].filter(
    (name) => !parameters.some(([one]) => one === name),
  );
  return [
    ...missing.map((name) => `${href}: without ${name}`),
    ...parameters.flatMap(([name, value]) => {
      const variable = /^var-(.*)$/.exec(name)?.[1];
      if (variable === undefined) return [];
      if (!variables.includes(variable)) return [`${href}: ${uid} has no variable ${variable}`];
      const own = labels[variable];
      return own === undefined || own === value ? [] : [`${href}: ${variable} is ${own}`];
    }),
  ];
}

/** Texts of a row by the names of its labels. */
function labelsOf(columns: readonly Column[], row: number): Record<string, string> {
  const ofText = columns.filter((column) => column.ofText);
  return Object.fromEntries(ofText.map(({ source, cells }) => [source, cells[row]?.value as string]));
}

describe.each(everyPanel('table'))('the links of %s', (_title, shown) => {
  it('lead to what the row is about', async () => {
    const columns = await tableOf(shown);
    const faults = columns
      .filter(({ hidden }) => !hidden)
      .flatMap(({ name, cells }) =>
        cells.flatMap(({ links }, row) =>
          links.flatMap((link) => faultsOf(link, labelsOf(columns, row)).map((fault) => `${name}: ${fault}`)),
        ),
      );
    expect([...new Set(faults)]).toEqual([]);
  });

  it('open another site in a tab of its own, and a dashboard in this one', async () => {
    const links = (await tableOf(shown)).flatMap(({ cells }) => cells.flatMap((cell) => cell.links));
    for (const { href, target } of links) expect(target === '_blank', href).toBe(/^https?:/.test(href));
  });
});

describe.each(everyPanel('stat', 'bargauge', 'timeseries'))('the links of %s', (_title, shown) => {
  it('lead to what the series is about', async () => {
    const faults = (await framesOf(shown)).flatMap(({ fields }) =>
      fields.flatMap((field) => {
        const links = field.getLinks?.({ calculatedValue: { text: '', numeric: 1 } }) ?? [];
        return links.flatMap(({ title, href }) =>
          faultsOf({ title, href, target: undefined }, field.labels ?? {}),
        );
      }),
    );
    expect([...new Set(faults)]).toEqual([]);
  });
});

describe.each(dashboards.map((one) => [one.uid ?? '', one] as const))(
  'the links at the top of %s',
  (_uid, one) => {
    it('lead to dashboards that exist', () => {
      const uids = (one.links ?? []).map(({ url }) => url?.replace(/^\/d\//, '') ?? '');
      expect(uids.filter((uid) => variablesOf(uid) === undefined)).toEqual([]);
    });
  },
);
