import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { records } from '../../../src/monitors/records/index.ts';
import type { SnapshotStore } from '../../../src/poll/snapshot.ts';
import { openApiDocument } from '../../../src/web/api/openapi.ts';
import { routes } from '../../../src/web/routes.ts';
import { hour, now, recordsReading, snapshotOf, taskOf, tasksOfEachKind } from '../world.ts';
import { createChecker, serveApi } from './client.ts';
import type { Caller } from './client.ts';

const kinds = ['records', 'reconcile', 'sync', 'jobs', 'query', 'broken'];
const callers: readonly Caller[] = [
  { name: 'all', companies: 'all', rights: ['page', 'records', 'sql'] },
  { name: 'acme', companies: ['acme'], rights: ['page', 'records', 'sql'] },
  { name: 'reader', companies: 'all', rights: ['page'] },
  { name: 'scraper', companies: 'all', rights: ['metrics'] },
];

const segment = encodeURIComponent;

/** Each call, by its path in the document: the paths that ask for all there is of some companies. */
function callsOf(companies: readonly string[], record: string): [string, string][] {
  return [
    ['/api/v1/overview', '/api/v1/overview'],
    ['/api/v1/companies', '/api/v1/companies'],
    ['/api/v1/errors', '/api/v1/errors'],
    ['/api/v1/errors/{error}', '/api/v1/errors/unknown-0'],
    ['/api/v1/lookup', `/api/v1/lookup?record=${segment(record)}`],
    ...companies.flatMap((company): [string, string][] => [
      ['/api/v1/companies/{company}', `/api/v1/companies/${segment(company)}`],
      ...kinds.map((kind): [string, string] => [
        '/api/v1/companies/{company}/monitors/{monitor}',
        `/api/v1/companies/${segment(company)}/monitors/${segment(`${kind}-${company}`)}`,
      ]),
    ]),
  ];
}

async function world(word = 'aaa'): Promise<SnapshotStore> {
  const tasks = [...(await tasksOfEachKind('acme', word)), ...(await tasksOfEachKind('globex', 'ggg'))];
  const snapshot = snapshotOf(tasks, { acme: `Title ${word}`, globex: 'Title ggg' }, [word, 'ggg']);
  snapshot.setDatabase({ name: 'shop', driver: 'd', up: false, clockSkewSeconds: null, problem: 'ggg' });
  return snapshot;
}

describe('the OpenAPI document', () => {
  it('is a valid one', async () => {
    const result = await new Validator().validate(structuredClone(openApiDocument('/erp')));
    expect(result).toEqual({ valid: true });
  });

  it('describes each route below /api/v1/, with its right', () => {
    const described = Object.entries(openApiDocument('')['paths'] as Record<string, object>).flatMap(
      ([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`),
    );
    const served = routes
      .filter(({ path }) => path.startsWith('/api/v1/'))
      .map(({ path, methods }) => {
        const method = methods.includes('GET') ? 'get' : methods.join().toLowerCase();
        return `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
      });
    expect(described.toSorted()).toEqual(served.toSorted());
    for (const { path, right } of routes.filter((route) => route.path.startsWith('/api/v1/')))
      if (right !== undefined)
        expect(JSON.stringify(openApiDocument('')), path).toContain(`Needs the right \`${right}\`.`);
  });
});

describe('the answers', () => {
  const check = createChecker();

  it.each(['all', 'reader'])('are as the document says, for %s', async (caller) => {
    const ask = await serveApi(await world(), callers);
    const calls = callsOf(['acme', 'globex'], 'aaa-').filter(
      ([path]) => caller === 'all' || !path.endsWith('lookup'),
    );
    for (const [path, asked] of calls) {
      const answer = await ask(asked, caller);
      expect([answer.status, answer.type], asked).toEqual([200, 'application/json']);
      expect(check(path, answer), asked).toBe('');
    }
  });

  it('would be found out, had they a field more or a number as text', async () => {
    const answer = await (await serveApi(await world(), callers))('/api/v1/errors', 'all');
    const body = answer.body as { items: { count: unknown }[] };
    expect(check('/api/v1/errors', { ...answer, body: { ...body, more: 1 } })).toContain('additional');
    const items = body.items.map((item) => ({ ...item, count: '1' }));
    expect(check('/api/v1/errors', { ...answer, body: { ...body, items } })).toContain('must be number');
  });

  it('are exact, and in units that need no explanation', async () => {
    const ask = await serveApi(await world(), callers);
    const { body } = await ask('/api/v1/companies/acme/monitors/records-acme?search=aaa-1', 'all');
    expect(body).toMatchObject({
      state: 'warning',
      interval_seconds: 60,
      duration_seconds: 0.25,
      data_from: '2026-11-21T09:59:00.000Z',
      statements: [{ key: 'failed', database: 'shop', sql: 'SELECT 2' }],
      records: {
        total: 1,
        next_cursor: null,
        items: [
          {
            record: 'aaa-1',
            since: '2026-11-21T08:00:00.000Z',
            money: { amount: '1240.50', currency: 'EUR' },
            error: 'class-aaa',
            action: { de: 'Action for aaa (de)' },
            url: 'https://erp.example/aaa-1',
          },
        ],
      },
    });
  });

  it.each([
    ['markup', '"><script>alert(1)</script>'],
    ['marks that turn the text', '\u202Egnp.exe\u2066'],
    ['a word of 10 kB', 'x'.repeat(10_000)],
    ['quotes and a backslash', '"\\\u2028\''],
    ['emoji', '🦄'.repeat(40)],
  ])('hold %s as nothing but text', async (_, word) => {
    const ask = await serveApi(await world(word), callers);
    for (const [path, asked] of callsOf(['acme'], word.slice(0, 200))) {
      const answer = await ask(asked, 'acme');
      expect(answer.status, asked).toBe(200);
      expect(check(path, answer), asked).toBe('');
    }
  });
});

describe('a visitor of one company', () => {
  it('gets nothing of another', async () => {
    const ask = await serveApi(await world(), callers);
    for (const [, asked] of callsOf(['acme'], '-')) {
      const { status, text } = await ask(asked, 'acme');
      expect(status, asked).toBe(200);
      expect(text, asked).not.toMatch(/ggg|globex/);
    }
    for (const [, asked] of callsOf(['globex'], '').slice(5)) {
      const { status, text } = await ask(asked, 'acme');
      expect(status, asked).toBe(404);
      expect(text, asked).not.toMatch(/ggg|Title/);
    }
    expect((await ask('/api/v1/companies', 'all')).text).toContain('Title ggg');
  });
});

describe('a visitor without the right to records and SQL', () => {
  it('sees neither', async () => {
    const ask = await serveApi(await world(), callers);
    const { body, text } = await ask('/api/v1/companies/acme/monitors/records-acme', 'reader');
    expect(body).toMatchObject({ records: null, statements: null });
    expect(text).not.toContain('aaa-1');
    expect((await ask('/api/v1/lookup?record=aaa-1', 'reader')).status).toBe(403);
    expect((await ask('/api/v1/errors', 'reader')).text).not.toMatch(/over the limit/);
  });
});

describe('what is refused', () => {
  it.each([
    ['/api/v1/overview', '', 401, 'Unauthorized'],
    ['/api/v1/overview', 'scraper', 403, 'no right page'],
    ['/api/v1/nothing', 'all', 404, 'nothing at /api/v1/nothing'],
    ['/api/v1/companies/none', 'all', 404, 'none that you may see'],
    ['/api/v1/errors?limit=0', 'all', 400, 'limit'],
    ['/api/v1/errors?limit=501', 'all', 400, 'limit'],
    ['/api/v1/errors?limit=many', 'all', 400, 'limit'],
    ['/api/v1/errors?limit=1&limit=2', 'all', 400, 'twice'],
    ['/api/v1/errors?cursor=abc', 'all', 400, 'next_cursor'],
    ['/api/v1/companies?cursor=WzFd', 'all', 400, 'next_cursor'],
    ['/api/v1/overview?wall', 'all', 400, 'wall'],
    ['/api/v1/lookup', 'all', 400, 'record'],
    ['/api/v1/companies/acme/monitors/records-acme?order=colour', 'all', 400, 'order'],
  ])('is a problem of its kind: %s by %j', async (path, caller, status, word) => {
    const answer = await (
      await serveApi(snapshotOf([taskOf('records-acme', records, ['acme'], null)], { acme: 'A' }), callers)
    )(path, caller);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json']);
    expect(answer.body).toMatchObject({ type: 'about:blank', status });
    expect((answer.body as { detail: string }).detail).toContain(word);
    const described = path.startsWith('/api/v1/errors') ? '/api/v1/errors' : '/api/v1/overview';
    expect(createChecker()(described, answer)).toBe('');
  });
});

describe('an ETag', () => {
  it('saves the answer as long as nothing changes, for each visitor on its own', async () => {
    const snapshot = await world();
    const ask = await serveApi(snapshot, callers);
    const first = await ask('/api/v1/companies', 'acme');
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]{27}"$/);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await ask('/api/v1/companies', 'acme', { 'If-None-Match': known });
      expect([again.status, again.text, again.headers.get('etag')], known).toEqual([304, '', tag]);
    }
    const other = await ask('/api/v1/companies', 'all', { 'If-None-Match': tag });
    expect(other.status).toBe(200);
    snapshot.setTask(taskOf('more', records, ['acme'], null));
    expect((await ask('/api/v1/companies', 'acme', { 'If-None-Match': tag })).status).toBe(200);
  });
});

describe('a cursor', () => {
  const rows = Array.from({ length: 25 }, (_, index) => ({
    record: `R${String(index).padStart(2, '0')}`,
    // Many share a time, and some have none.
    since: index % 5 === 0 ? null : new Date(now - hour * (index % 3)),
    amount: index % 4 === 0 ? null : `${index % 6}.00`,
    currency: 'EUR',
  }));

  async function snapshotWith(failed: readonly (typeof rows)[number][]) {
    const task = taskOf('orders', records, ['acme'], await recordsReading({ failed }));
    return snapshotOf([task], { acme: 'A' });
  }

  interface List {
    readonly records: { readonly items: readonly { record: string }[]; readonly next_cursor: string | null };
  }

  it.each(['urgency', 'since', 'record', 'amount'])('leads through all by %s, each once', async (order) => {
    const ask = await serveApi(await snapshotWith(rows), callers);
    const path = `/api/v1/companies/acme/monitors/orders?order=${order}`;
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const asked = `${path}&limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { records: list } = (await ask(asked, 'all')).body as List;
      seen.push(...list.items.map(({ record }) => record));
      cursor = list.next_cursor;
    }
    const whole = ((await ask(`${path}&limit=500`, 'all')).body as List).records.items;
    expect(seen).toEqual(whole.map(({ record }) => record));
    expect(new Set(seen).size).toBe(25);
    const [, other] = ['record', 'since'].toSorted((name) => (name === order ? -1 : 1));
    const { next_cursor: next } = ((await ask(`${path}&limit=4`, 'all')).body as List).records;
    const mixed = await ask(
      `/api/v1/companies/acme/monitors/orders?order=${other ?? ''}&cursor=${next ?? ''}`,
      'all',
    );
    expect(mixed.status).toBe(400);
  });

  it('leaves nothing out when a record before it is solved', async () => {
    const path = '/api/v1/companies/acme/monitors/orders?order=record&limit=10';
    const before = (await (await serveApi(await snapshotWith(rows), callers))(path, 'all')).body as List;
    const ask = await serveApi(await snapshotWith(rows.slice(5)), callers);
    const after = (await ask(`${path}&cursor=${before.records.next_cursor ?? ''}`, 'all')).body as List;
    expect(after.records.items[0]?.record).toBe('R10');
  });

  it('leads through companies and errors', async () => {
    const ask = await serveApi(await world(), callers);
    for (const [path, key] of [
      ['/api/v1/companies', 'company'],
      ['/api/v1/errors', 'error'],
    ] as const) {
      const seen: unknown[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body } = await ask(`${path}?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`, 'all');
        const list = body as { items: Record<string, unknown>[]; next_cursor: string | null; total: number };
        seen.push(...list.items.map((item) => item[key]));
        cursor = list.next_cursor;
        expect(list.total).toBe(path.endsWith('errors') ? 3 : 2);
      }
      expect(new Set(seen).size, path).toBe(seen.length);
      expect(seen.length, path).toBe(path.endsWith('errors') ? 3 : 2);
    }
  });
});
