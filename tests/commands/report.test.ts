import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { report } from '../../src/commands/report.ts';
import type { ReportOptions } from '../../src/commands/report.ts';
import { UsageError } from '../../src/commands/support/command-line.ts';
import { parametersOf } from '../web/prometheus/world.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterAll(() => rm(folder, { recursive: true }));
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function prometheus(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** 1 at every step unless it is given. */
  readonly value?: string;
}

/** A Prometheus that has these at every step of a question that holds a text. */
const having =
  (found: Readonly<Record<string, readonly Series[]>>, asked: URLSearchParams[] = []): RequestListener =>
  (request, response) => {
    void parametersOf(request).then((parameters) => {
      asked.push(parameters);
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name)));
      const times: number[] = [];
      for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 1) times.push(at);
      const query = parameters.get('query') ?? '';
      const result = Object.entries(found)
        .filter(([text]) => query.includes(text))
        .flatMap(([, all]) => all)
        .map(({ metric, value = '1' }) => ({ metric, values: times.map((at) => [at, value]) }));
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    });
  };

async function run(url: string | undefined, change: Partial<ReportOptions> = {}, timeout = '20s') {
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(
    file,
    `databases: { shop: { driver: postgres, url: 'postgres://u:p@localhost/shop' } }
${url === undefined ? '' : `prometheus: { url: '${url}', timeout: ${timeout} }`}
companies: { acme: { language: nl, timezone: Europe/Brussels }, globex: { language: fr } }
monitors:
  - { name: orders, kind: records, flow: orders, database: shop, companies: [acme, globex], failed: SELECT 1 AS record WHERE :company = '' }
`,
  );
  const written: string[] = [];
  const errors: string[] = [];
  const code = await report({
    file,
    env: {},
    period: 'day',
    companies: ['acme'],
    language: undefined,
    format: 'text',
    end: undefined,
    output: undefined,
    now: Date.parse('2026-11-26T14:00:00Z'),
    write: (text) => void written.push(text),
    writeError: (line) => void errors.push(line),
    ...change,
  });
  return { code, text: written.join(''), errors: errors.join('\n') };
}

const ok = { metric: { figure: 'state', flow: 'orders', monitor: 'orders', state: 'ok' } };
const watchdog = { metric: {} };
const quiet = { erp_monitor_state: [ok], ErpWatchdog: [watchdog] };

describe('report', () => {
  it('is 100 % and covers everything only where there are data of all the time', async () => {
    const { code, text, errors } = await run(await prometheus(having(quiet)), { language: 'en' });
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(text).toMatch(/Availability: +100%\n/);
    expect(text).toMatch(/Incidents: +0\n/);
    expect(text).toContain('- Nothing: there are data for the whole period.');
    expect(text).toContain('25 Nov 2026, 00:00 to 26 Nov 2026, 00:00, Europe/Brussels');
  });

  it('does not know of incidents where nothing evaluates rules', async () => {
    const { text } = await run(await prometheus(having({ erp_monitor_state: [ok] })), { language: 'en' });
    expect(text).toMatch(/Incidents: +unknown\n/);
    expect(text).toContain('- Prometheus has nothing of the alerting rules');
    expect(text).toContain('JOBS\nNone in the data that there are.\n');
    expect(text).toContain('ERRORS\nNone.\n');
    expect(text).not.toContain('- Nothing');
  });

  it('is not alive where the exporter answers but no monitor can read', async () => {
    const unread = { metric: { ...ok.metric, state: 'no_data' } };
    const found = { erp_monitor_state: [unread], ErpWatchdog: [watchdog] };
    const { code, text, errors } = await run(await prometheus(having(found)), { language: 'en' });
    expect(code).toBe(3);
    expect(errors).toContain('nothing is known of acme in this period');
    expect(text).toMatch(/Availability: +unknown\n/);
    expect(text).toMatch(/ERRORS\nunknown\n/);
    expect(text).toContain('(1 day): monitor orders could not read its data.');
    expect(text).not.toMatch(/alive|None|Nothing|100%/);
  });

  it('tells an incident of a flow of which nothing else is known', async () => {
    const firing = { metric: { figure: 'firing', alertname: 'ErpFlowSilent', flow: 'gone', monitor: 'm' } };
    const found = { ...quiet, ALERTS_FOR_STATE: [firing] };
    const { text } = await run(await prometheus(having(found)), { language: 'en' });
    expect(text).toMatch(/\ngone\n {2}Availability: +unknown\n/);
    expect(text).toMatch(/\ngone\n {2}Incidents: +1\n {2}Not over: +1\n/);
  });

  it('reports on every company in its language, unless one is asked for', async () => {
    const url = await prometheus(having(quiet));
    const { text } = await run(url, { companies: [] });
    expect(text).toMatch(/^Rapport: acme\n[^]*Rapport : globex\n/);
    expect((await run(url, { companies: [], language: 'de' })).text).toMatch(
      /^Bericht: acme\n[^]*Bericht: globex\n/,
    );
  });

  it('asks for the own company alone, in questions of a day at most', async () => {
    const asked: URLSearchParams[] = [];
    await run(await prometheus(having(quiet, asked)), { period: 'week' });
    expect(asked.length).toBe(22);
    for (const parameters of asked) {
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name)));
      expect(((end ?? NaN) - (start ?? NaN)) / (step ?? NaN)).toBeLessThan(1440);
      const query = parameters.get('query') ?? '';
      expect(query.includes('company="acme"') || query.includes('ErpWatchdog')).toBe(true);
      expect(query).not.toContain('globex');
    }
  });

  it('lets no name of a flow, a job or a currency move the cursor, run or become HTML', async () => {
    const name = '<b>x</b>\u001b[2J\nAVAILABILITY\u202e';
    const found = {
      ...quiet,
      erp_job_status: [
        { metric: { figure: 'job', flow: name, monitor: 'm', job_name: `=${name}`, status: 'failed' } },
      ],
      erp_open_records_amount: [{ metric: { figure: 'open', flow: '+1', currency: '=1+1' }, value: '12.5' }],
    };
    const url = await prometheus(having(found));
    const { text } = await run(url);
    expect(text).toContain('<b>x</b> [2J AVAILABILITY ');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect((await run(url, { format: 'html' })).text).not.toContain('<b>');
    const csv = (await run(url, { format: 'csv' })).text;
    expect(csv).toContain(";'+1;;open;12,5;'=1+1;");
    expect(csv).not.toMatch(/(^|;|\n)"?[=+@-]/);
  });

  it('asks again for less when an answer is too large', async () => {
    const small = having(quiet);
    let refused = 0;
    const url = await prometheus((request, response) => {
      if (refused > 0) small(request, response);
      else {
        refused += 1;
        response.end(' '.repeat(5_000_000));
      }
    });
    const { code, text } = await run(url, { language: 'en' });
    expect({ code, refused }).toEqual({ code: 0, refused: 1 });
    expect(text).toMatch(/Availability: +100%\n/);
  });
});

describe('report without an answer', () => {
  it('names the key that is missing', async () => {
    const { code, errors } = await run(undefined);
    expect(code).toBe(1);
    expect(errors).toMatch(/erp-exporter\.yml:\d+:\d+: prometheus: is missing; add it/);
  });

  it('knows no other company than those of the configuration', async () => {
    const { code, errors } = await run('http://127.0.0.1:9', { companies: ['acne'] });
    expect({ code, errors }).toEqual({ code: 1, errors: 'there is no company "acne"; did you mean acme?' });
  });

  it.each(['soon', '2030-01-01'])('takes no end such as %s', async (end) => {
    await expect(run('http://127.0.0.1:9', { end })).rejects.toThrow(UsageError);
  });

  it('says that Prometheus cannot be reached', async () => {
    const { code, text, errors } = await run('http://127.0.0.1:9');
    expect({ code, text }).toEqual({ code: 1, text: '' });
    expect(errors).toMatch(/^prometheus http:\/\/127\.0\.0\.1:9 was not read: connect ECONNREFUSED/);
  });

  it('says that the login is refused, and where it stands', async () => {
    const url = await prometheus((_, response) => response.writeHead(401).end('no'));
    const { code, text, errors } = await run(url);
    expect({ code, text }).toEqual({ code: 1, text: '' });
    expect(errors).toContain('it answered 401: no; check username, password_file or token_file');
  });

  it('waits no longer than the configuration says', async () => {
    const url = await prometheus(() => undefined);
    const { code, errors } = await run(url, {}, '300ms');
    expect(code).toBe(1);
    expect(errors).toContain('no answer within 300 ms; raise timeout below prometheus:');
  });

  it('takes nothing else for an answer', async () => {
    const url = await prometheus((_, response) => response.end('<html>'));
    expect(await run(url)).toMatchObject({ code: 1, text: '' });
  });

  it('says why a file is not written', async () => {
    const url = await prometheus(having(quiet));
    const { code, errors } = await run(url, { output: join(folder, 'missing', 'report.txt') });
    expect(code).toBe(1);
    expect(errors).toContain('ENOENT');
  });
});
