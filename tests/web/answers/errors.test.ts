import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { explain } from '../../../src/commands/explain.ts';
import type { Right } from '../../../src/config/config.ts';
import { createClassifier } from '../../../src/known-errors/classify.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { createApp } from '../../../src/web/app.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { launch } from '../../helpers/chromium.ts';
import { describeReal } from '../../helpers/real.ts';
import { appOptions, entranceOf } from '../app-options.ts';
import { MemoryDatabase, hour, now, observe } from '../../monitors/run.ts';
import { taskOf } from '../world.ts';

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

const trace = `java.lang.IllegalStateException: Gremlin in gearbox 7
\tat com.acme.Gearbox.turn(Gearbox.java:12)
\tat com.acme.Order.post(Order.java:34)`;

const visitor = (name: string, companies: readonly string[], rights: readonly Right[]) => ({
  by: 'token' as const,
  key: createHash('sha256').update(name).digest('hex'),
  name,
  companies: new Set(companies),
  rights: new Set(rights),
});

/** Acme has an unknown error with a stack trace, and globex another one. @param isOpen everybody sees all. */
async function start(isOpen = false): Promise<string> {
  const visitors = [
    visitor('acme', ['acme'], ['page', 'records']),
    visitor('globex', ['globex'], ['page', 'records']),
    visitor('reader', ['acme', 'globex'], ['page']),
  ];
  const options = appOptions('', {
    now: () => now,
    ...(isOpen ? {} : { entrance: entranceOf({ visitors }) }),
  });
  options.snapshot.setConfig(config([], undefined, [company('acme'), company('globex')]));
  const failed = (error: string, code = '') => [
    { record: 'A-1', since: new Date(now - hour), amount: null, currency: null, error, code, call: '' },
  ];
  for (const [name, rows] of [
    ['acme', failed(trace)],
    ['globex', failed('The flux of depot 9 has no capacitor')],
    ['codes', failed('', 'my-erp:4711')],
  ] as const) {
    const companies = [name === 'codes' ? 'acme' : name];
    const reading = await observe(records, { failed: 'F' }, new MemoryDatabase({ F: rows }), {
      companies,
      classify: (failure) => classifier.classify({ ...failure, flow: 'orders' }),
    });
    options.snapshot.setTask(taskOf(`records-${name}`, records, companies, reading));
  }
  open.push(...(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }])));
  return `http://${open[0]?.address ?? ''}`;
}

interface Item {
  readonly error: string;
  readonly example: string | null;
  readonly trace: string | null;
  readonly suggestion?: string | null;
}

/** Nothing is known. */
const classifier = createClassifier({ errors: [] });

/** Asks for a path as somebody. */
const asker = (url: string) => async (path: string, name: string) => {
  const answer = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${name}` } });
  return { status: answer.status, text: await answer.text() };
};

async function itemsOf(ask: ReturnType<typeof asker>, name: string): Promise<readonly Item[]> {
  return (JSON.parse((await ask('/api/v1/errors', name)).text) as { items: Item[] }).items;
}

/** The entry as `erp-exporter explain` prints it. */
async function explained(text: string): Promise<string> {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  await explain({ text, flow: undefined, language: 'en', file: undefined, env: {}, write });
  const first = lines.findIndex((line) => line.startsWith('  - id:'));
  return lines
    .slice(first)
    .filter((line) => line.startsWith('  '))
    .map((line) => line.slice(2))
    .join('\n');
}

describe('an unknown class of errors', () => {
  it('has the entry that explain suggests, in the page and in the API', async () => {
    const ask = asker(await start());
    for (const { error, example } of await itemsOf(ask, 'acme')) {
      const detail = JSON.parse((await ask(`/api/v1/errors/${error}`, 'acme')).text) as Item;
      const expected = await explained(example ?? 'my-erp:4711');
      expect(expected).toContain('id: my-error');
      expect(detail.suggestion).toBe(expected);
      const { text } = await ask(`/errors/${error}`, 'acme');
      expect(text).toContain('below &quot;errors:&quot;');
      expect(text).toContain(example === null ? 'my-erp:4711' : 'Gremlin in gearbox');
    }
  });

  it('shows its stack trace behind a fold, with a fold for the entry', async () => {
    const ask = asker(await start());
    const { text } = await ask('/errors', 'acme');
    expect(text).toContain('<summary>The whole message</summary>');
    expect(text).toContain('at com.acme.Order.post(Order.java:34)');
    expect(text.match(/<summary>Entry for the catalogue/g)).toHaveLength(2);
    const found = (await itemsOf(ask, 'acme')).find(({ trace: shown }) => shown !== null);
    expect(found?.trace).toBe(trace);
  });
});

describe('who may not see it', () => {
  it('gets no message, trace or entry without the right to records', async () => {
    const ask = asker(await start());
    const items = await itemsOf(ask, 'reader');
    expect(items).toHaveLength(3);
    for (const { error, example, trace: shown } of items) {
      expect([example, shown]).toEqual([null, null]);
      const detail = await ask(`/api/v1/errors/${error}`, 'reader');
      expect(JSON.parse(detail.text)).toMatchObject({ example: null, trace: null, suggestion: null });
      const page = await ask(`/errors/${error}`, 'reader');
      expect(page.status).toBe(200);
      expect(page.text + detail.text).not.toMatch(/Gremlin|gearbox|flux|capacitor|4711|my-error|Order\.java/);
    }
    expect((await ask('/errors', 'reader')).text).not.toContain('Entry for the catalogue');
  });

  it('learns nothing of a class of another company, not even that it is there', async () => {
    const ask = asker(await start());
    const [other] = await itemsOf(ask, 'globex');
    for (const path of ['/errors', '/api/v1/errors']) {
      const hidden = await ask(`${path}/${other?.error ?? ''}`, 'acme');
      const absent = await ask(`${path}/unknown-000000000000`, 'acme');
      expect(hidden).toEqual(absent);
      expect(hidden.status).toBe(404);
    }
  });
});

describeReal('the fold of an entry in Chromium', ['chromium'], () => {
  it('brings the entry in place when it is opened', async () => {
    const url = await start(true);
    const browser = await launch();
    try {
      const page = await browser.newPage({ locale: 'en' });
      const wrong: string[] = [];
      page.on('console', (message) => wrong.push(message.text()));
      page.on('pageerror', (error) => wrong.push(String(error)));
      await page.goto(`${url}/errors`);
      const item = page.locator('li.record', { hasText: 'Gremlin' });
      await item.getByText('Entry for the catalogue of known errors').first().click();
      await item.locator('.entry pre').waitFor();
      expect(await item.locator('.entry pre').innerText()).toContain('id: my-error');
      expect(page.url()).toBe(`${url}/errors`);
      const folder = process.env['SCREENSHOTS'];
      if (folder !== undefined) await page.screenshot({ path: `${folder}/errors.png`, fullPage: true });
      expect(wrong).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 60_000);
});
