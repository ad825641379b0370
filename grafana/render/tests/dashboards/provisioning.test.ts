import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { dashboards } from './shown.ts';

interface Provider {
  readonly name: string;
  readonly type: string;
  readonly folder: string;
  readonly folderUid?: string;
  readonly options: { readonly path: string };
}
const file = new URL('../../../provisioning/dashboards/erp-exporter.yml', import.meta.url);
const { providers } = parse(readFileSync(file, 'utf8')) as { providers: readonly Provider[] };

it('puts the dashboards into a folder that is none of them: Grafana keeps both under one kind of uid', () => {
  expect(providers).toHaveLength(1);
  const uids = dashboards.map(({ uid }) => uid);
  for (const { folderUid, folder } of providers) {
    expect(folder).toMatch(/\w/);
    expect(uids).not.toContain(folderUid);
    expect(folderUid ?? 'none').toMatch(/^[\w-]{1,40}$/);
  }
});

it('has a title and an address of its own for each dashboard', () => {
  for (const key of ['uid', 'title'] as const)
    expect(new Set(dashboards.map((one) => one[key])).size).toBe(dashboards.length);
});
