import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report } from '../../src/commands/report.ts';
import type { ReportOptions } from '../../src/commands/report.ts';
import { startPrometheus } from '../helpers/prometheus.ts';
import type { RunningPrometheus } from '../helpers/prometheus.ts';
import { describeReal } from '../helpers/real.ts';
import { openMetrics } from '../web/prometheus/past.ts';
import { begin, end, fortnight, hostile, hour, planted, zone } from './world.ts';

describeReal('a report from a real Prometheus with a fortnight', ['prometheus', 'promtool'], () => {
  let prometheus: RunningPrometheus;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
    const past = openMetrics(fortnight, begin, end + hour);
    prometheus = await startPrometheus({ targets: [], alertmanager: '127.0.0.1:9', past });
  }, 60_000);
  afterAll(async () => {
    await prometheus.stop();
    rmSync(folder, { recursive: true });
  });

  function configFile(labels = '{}'): string {
    const file = join(folder, 'erp-exporter.yml');
    const companies = ['acme', planted, ...hostile].map(
      (name) => `  ${JSON.stringify(name)}: { title: ${JSON.stringify(`${name} NV`)}, timezone: ${zone} }\n`,
    );
    writeFileSync(
      file,
      `databases: { shop: { driver: postgres, url: 'postgres://u:p@localhost/shop' } }
prometheus: { url: '${prometheus.url}', labels: ${labels}, timeout: 30s }
calendars: { shop: { timezone: ${zone}, days: daily, from: '07:00', to: '19:00' } }
companies:
${companies.join('')}monitors:
  - { name: orders, kind: records, flow: orders, database: shop, companies: [acme], calendar: shop, failed: SELECT 1 AS record }
`,
    );
    return file;
  }

  async function run(change: Partial<ReportOptions> = {}, labels?: string) {
    const written: string[] = [];
    const errors: string[] = [];
    const code = await report({
      file: configFile(labels),
      env: {},
      period: 'week',
      companies: ['acme'],
      language: undefined,
      format: 'text',
      end: new Date(end).toISOString(),
      output: undefined,
      now: Date.now(),
      write: (text) => void written.push(text),
      writeError: (line) => void errors.push(line),
      ...change,
    });
    return { code, text: written.join(''), errors };
  }

  it('tells a week: what was down, under maintenance, unread, not scraped', async () => {
    const { code, text, errors } = await run();
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(text).toMatch(/AVAILABILITY\norders\n {2}Availability: +at least 8\d\.\d+%/);
    expect(text).toMatch(/Critical: +3 hrs\n/);
    expect(text).toMatch(/Unknown: +1 hr\n/);
    expect(text).toMatch(/No data: +7 hrs 5\d mins\n/);
    expect(text).toMatch(/Maintenance: +2 hrs\n/);
    expect(text).toMatch(/Down in business hours: +at least 3 hrs\n/);
    expect(text).toMatch(
      /- \d+ \w+ 20\d\d, 06:\d\d to \d+ \w+ 20\d\d, 1[34]:\d\d \(7 hrs 5\d mins\): no data/,
    );
    expect(text).toContain('Monitoring is alive');
  });

  it('tells incidents, errors, money by currency, repaired records, jobs and syncs', async () => {
    const { text } = await run();
    expect(text).toMatch(/INCIDENTS\norders\n {2}Incidents: +at least 1\n/);
    expect(text).toMatch(/Noticed after: +\d mins\n {2}Over after: +(2 hrs 5\d mins|3 hrs \d mins?)\n/);
    expect(text).toMatch(/Error: +Too many[^\n]*\n {2}At worst: +38\n/i);
    expect(text).toMatch(/EUR.12,345\.50\n/);
    expect(text).toMatch(/USD.700\.00\n/);
    expect(text).toMatch(/Failed, at worst: +at least 40\n/);
    expect(text).toMatch(/Repaired: +at least 2\n/);
    expect(text).toMatch(/Job: +nightly\n {2}Failed: +2 times\n {2}Late or stuck: +once\n/);
    expect(text).toMatch(/Count: +at least 1[56]\d\n {2}Longest pause in business hours: 1 hr\n/);
  });

  it('tells what was done to tickets, and what remedies tried, over restarts of the exporter', async () => {
    const { text } = await run();
    expect(text).toMatch(
      /TICKETS\norders\n {2}Opened: +at least 3\n {2}Comments: +at least 0\n {2}Closed by itself: +at least 1\n/,
    );
    expect(text).toMatch(
      /AUTOMATIC REPAIRS\norders\n {2}Attempts: +at least 4\n {2}Worked: +at least 1\n {2}Did not work: +at least 0\n {2}Given up, at worst: at least 2\n/,
    );
    const { text: csv } = await run({ format: 'csv' });
    expect(csv).toMatch(/,tickets,orders,,opened,3,,at least\r?\n/);
    expect(csv).toMatch(/,remedies,orders,,exhausted,2,,at least\r?\n/);
  });

  it.each(['text', 'html'] as const)(
    'says nothing of tickets where there are none, in %s',
    async (format) => {
      const { text } = await run({ companies: [hostile[2] ?? ''], format });
      expect(text).toContain('999');
      expect(text).not.toMatch(/tickets|automatic repairs/i);
    },
  );

  it.each(['text', 'html', 'csv'] as const)(
    'names no other company, and nothing of it, in %s',
    async (format) => {
      const { text } = await run({ format });
      for (const name of [planted, ...hostile, '5,000', '5000', '999']) expect(text).not.toContain(name);
    },
  );

  it('says from when there are data when the period is longer', async () => {
    const { code, text } = await run({ period: 'month', language: 'de' });
    expect(code).toBe(0);
    expect(text).toMatch(/Vor \d\d\.\d\d\.20\d\d, (23:5\d|00:0\d) gibt es keine Daten/);
    expect(text).toMatch(/Es gibt Daten für 4\d(,\d+)?.% des Zeitraums/);
    expect(text).toMatch(/Verfügbarkeit: +mindestens [34]\d,\d+.%/);
  });

  it('says that nothing is known where there is nothing, and ends with 3', async () => {
    const { code, text, errors } = await run({ end: new Date(begin - 9 * hour).toISOString() });
    expect(code).toBe(3);
    expect(errors).toEqual([
      'nothing is known of acme in this period: prometheus has no samples, or no monitor could read',
    ]);
    expect(text).toContain('nothing is known about it');
    expect(text).not.toContain('100%');
    expect(text).not.toMatch(/: +0\n/);
  });

  it('keeps environments and exporters apart', async () => {
    const own = await run({}, '{ job: erp }');
    expect(own.text).toMatch(/Failed, at worst: +at least 40\n/);
    expect(own.text).toContain('alerts do not tell them apart');
    expect(own.text).toMatch(/Incidents: +unknown\n/);
    const other = await run({}, '{ environment: test }');
    expect(other.text).toMatch(/Failed, at worst: +5,000\n/);
    const none = await run({}, '{ job: nobody }');
    expect(none.code).toBe(3);
  });

  it('finds since when an alert is active, also of a rule that does not wait', async () => {
    const found = () => prometheus.query('ALERTS_FOR_STATE{alertname="ErpWatchdog"}');
    await expect.poll(found, { timeout: 20_000 }).toHaveLength(1);
  });

  it.each(hostile)('reports on %s, escaped', async (name) => {
    const html = await run({ companies: [name], format: 'html' });
    expect(html.code).toBe(0);
    expect(html.text).toContain('999');
    expect(html.text).not.toContain('<script');
    const csv = await run({ companies: [name], format: 'csv', language: 'nl' });
    expect(csv.text).not.toMatch(/(^|;|\n)"?[=+@-][^"]/);
  });

  it('writes a file that only its owner and group can read', async () => {
    const output = join(folder, 'report.html');
    const { code, text } = await run({ format: 'html', language: 'fr', output });
    expect({ code, text }).toEqual({ code: 0, text: '' });
    expect(readFileSync(output, 'utf8')).toMatch(/^<!doctype html>\n<html lang="fr">/);
  });
});
