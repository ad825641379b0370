import { describe, expect, it } from 'vitest';
import type { Right, Visitor } from '../../src/config/config.ts';
import { PageCache } from '../../src/web/page-cache.ts';
import type { Reader } from '../../src/web/page-cache.ts';
import type { Answer } from '../../src/web/server/http.ts';

const everybody: Visitor = { name: '', companies: 'all', rights: new Set<Right>(['page', 'records']) };

function reader(
  change: Partial<Visitor> = {},
  url = '/',
  headers: Reader['request']['headers'] = {},
): Reader {
  return {
    request: { method: 'GET', url, httpVersion: '1.1', headers },
    visitor: { ...everybody, ...change },
    notice: '',
  };
}

/** A cache at a time that the test sets, and pages that count how often one was made. */
function scene() {
  let now = 1;
  let made = 0;
  const cache = new PageCache(() => now);
  const make = (): Promise<Answer> => Promise.resolve({ status: 200, headers: {}, body: `page ${++made}` });
  return {
    cache,
    pass: (ms: number) => (now += ms),
    ask: async (of: Reader, by = make) => (await cache.get(of, by)).body,
  };
}

describe('pages of the last seconds', () => {
  it('are made once for all who ask, and anew after 5 s', async () => {
    const { ask, pass } = scene();
    expect(await Promise.all([ask(reader()), ask(reader())])).toEqual(['page 1', 'page 1']);
    pass(5000);
    expect(await ask(reader())).toBe('page 1');
    pass(1);
    expect(await ask(reader())).toBe('page 2');
  });

  it.each<[string, Reader]>([
    ['another address', reader({}, '/?wall')],
    ['another language', reader({}, '/', { 'accept-language': 'de' })],
    ['a language that was chosen', reader({}, '/', { cookie: 'erp-exporter-language=fr' })],
    ['no compression', reader({}, '/', { 'accept-encoding': 'gzip' })],
    ['one company', reader({ companies: new Set(['acme']) })],
    ['other companies', reader({ companies: new Set(['acme', 'globex']) })],
    ['fewer rights', reader({ rights: new Set<Right>(['page']) })],
    ['a session', reader({ name: 'Ann', session: { csrfToken: 'a' } })],
    ['another session', reader({ name: 'Ann', session: { csrfToken: 'b' } })],
    ['a warning', { ...reader(), notice: 'open to everybody' }],
  ])('are not those of a reader with %s', async (_, other) => {
    const { ask } = scene();
    expect(await ask(reader())).toBe('page 1');
    expect(await ask(other)).toBe('page 2');
    expect(await ask(other)).toBe('page 2');
    expect(await ask(reader())).toBe('page 1');
  });

  it('are shared by readers who may see the same, whatever their names', async () => {
    const { ask } = scene();
    const one = { companies: new Set(['acme', 'globex']), name: 'one' };
    const other = { companies: new Set(['globex', 'acme']), name: 'other' };
    expect([await ask(reader(one)), await ask(reader(other))]).toEqual(['page 1', 'page 1']);
  });

  it('are forgotten when something was changed, also while one is made', async () => {
    const { ask, cache } = scene();
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const slow = ask(reader(), () => promise);
    cache.clear();
    resolve({ status: 200, headers: {}, body: 'old' });
    expect(await slow).toBe('old');
    expect(await ask(reader())).toBe('page 1');
    cache.clear();
    expect(await ask(reader())).toBe('page 2');
  });

  it('are not kept when they could not be made', async () => {
    const { ask } = scene();
    await expect(ask(reader(), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await ask(reader())).toBe('page 1');
  });

  it('are bounded by number and by bytes', async () => {
    const { ask } = scene();
    for (let index = 0; index < 501; index += 1) await ask(reader({}, `/?n=${index}`));
    expect(await ask(reader({}, '/?n=500'))).toBe('page 501');
    expect(await ask(reader({}, '/?n=0'))).toBe('page 502');
    const large = () => Promise.resolve({ status: 200, headers: {}, body: 'x'.repeat(9_000_000) });
    await ask(reader({}, '/?large=1'), large);
    await ask(reader({}, '/?large=2'), large);
    expect(await ask(reader({}, '/?large=1'))).toBe('page 503');
  });
});
