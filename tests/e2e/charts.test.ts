import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startExporter } from '../helpers/exporter.ts';
import type { Exporter } from '../helpers/exporter.ts';
import { startPrometheus } from '../helpers/prometheus.ts';
import type { RunningPrometheus } from '../helpers/prometheus.ts';
import { describeReal } from '../helpers/real.ts';

const yaml = (environment: string, file: string, prometheus: string) => `
environment: ${environment}
databases: { shop: { driver: sqlite, file: ${file} } }
companies: { 'ACME "1"': { title: ACME NV }, globex: {} }
${prometheus}
defaults: { every: 1s, timeout: 3s }
monitors:
  - name: web_orders
    kind: records
    flow: orders
    database: shop
    failed: SELECT company, number AS record, 'Gremlin in the gearbox' AS error FROM orders
`;

/** Two replicas of a test system and one of production, scraped by one Prometheus: as they really export, and as it really answers. */
describeReal('charts of what a real Prometheus scraped', ['prometheus'], () => {
  const folder = mkdtempSync(join(tmpdir(), 'erp-charts-'));
  const exporters: Exporter[] = [];
  let prometheus: RunningPrometheus;
  const section = () => `prometheus: { url: "${prometheus.url}", timeout: 2s }`;

  async function start(environment: string, orders: number): Promise<Exporter> {
    const file = join(folder, `${environment}-${exporters.length}.db`);
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE orders (number text, company text)');
    const insert = database.prepare('INSERT INTO orders VALUES (?, ?)');
    for (let index = 0; index < orders; index += 1) insert.run(`W-${index}`, 'ACME "1"');
    for (let index = 0; index < 900; index += 1) insert.run(`G-${index}`, 'globex');
    database.close();
    const exporter = await startExporter(yaml(environment, file, section()));
    exporters.push(exporter);
    return exporter;
  }

  beforeAll(async () => {
    prometheus = await startPrometheus({ targets: [], alertmanager: '127.0.0.1:9' });
    await start('test', 3);
    await start('test', 3);
    await start('production', 50);
    prometheus.setTargets(exporters.map(({ url }) => new URL(url).host));
  }, 90_000);
  afterAll(async () => {
    await prometheus.stop();
    for (const exporter of exporters) await exporter.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const path = '/companies/ACME%20%221%22';

  it('count once what two replicas see, of their own environment and company', async () => {
    const scraped = 'erp_failed_records{company="ACME \\"1\\"",monitor="web_orders"}';
    await expect.poll(() => prometheus.query(scraped), { timeout: 30_000 }).toHaveLength(3);
    for (const [index, failed] of [3, 3, 50].entries()) {
      const answer = await fetch(`${exporters[index]?.url ?? ''}${path}/web_orders/history.json?days=7`);
      const { series } = (await answer.json()) as { series: { name: string; values: (number | null)[] }[] };
      const counts = series.find(({ name }) => name === 'failed')?.values ?? [];
      expect(counts.at(-1), `of exporter ${index}`).toBe(failed);
      expect(series.map(({ name }) => name)).toContain('duration');
    }
    const page = await (await fetch(`${exporters[0]?.url ?? ''}${path}?days=30`)).text();
    expect(page).toContain('Worst within 30 days');
    expect(page).not.toContain('role="alert"');
  }, 60_000);

  it('are gone with Prometheus, and nothing else is', async () => {
    await prometheus.stop();
    const [exporter] = exporters;
    if (exporter === undefined) throw new Error('no exporter');
    const answer = await fetch(`${exporter.url}${path}/web_orders?days=30`);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain(
      'role="alert">Prometheus, which knows more than the last 24 hours, does not answer.',
    );
    expect(page).toContain('Worst within 24 hours');
    expect(page).toContain('Gremlin in the gearbox');
    expect(await exporter.value('erp_failed_records', { company: 'globex' })).toBe(900);
    expect(exporter.log.join('\n')).toMatch(/prometheus not read/);
  }, 30_000);
});
