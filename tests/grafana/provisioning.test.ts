import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (path: string): unknown =>
  parse(readFileSync(new URL(`../../grafana/provisioning/${path}`, import.meta.url), 'utf8'));

it('gives Grafana one Prometheus, which the dashboards then choose', () => {
  expect(read('datasources/prometheus.yml')).toMatchObject({
    apiVersion: 1,
    datasources: [{ type: 'prometheus', uid: 'prometheus', isDefault: true, editable: false }],
  });
});

it('gives Grafana the dashboards, not to be changed in the browser', () => {
  expect(read('dashboards/erp-exporter.yml')).toMatchObject({
    apiVersion: 1,
    providers: [{ type: 'file', allowUiUpdates: false, options: { path: '/var/lib/grafana/dashboards' } }],
  });
});
