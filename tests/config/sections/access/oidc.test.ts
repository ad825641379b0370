import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oidc-'));
  await writeFile(join(folder, 'secret'), 'a secret\n');
  await writeFile(join(folder, 'key'), `${'k'.repeat(32)}\n`);
  await writeFile(join(folder, 'empty'), '\n');
});
afterAll(() => rm(folder, { recursive: true }));

const complete = {
  issuer: 'https://login.example/realms/agency',
  client_id: 'erp-exporter',
  people: [{ claim: 'groups', value: 'agency', rights: ['page'] }],
};

/** What becomes of `access: { oidc: … }`: its part of the configuration, or the problems. */
async function read(change: Readonly<Record<string, unknown>>) {
  const oidc = { ...complete, ...change };
  await writeFile(
    join(folder, 'erp-exporter.yml'),
    `databases: { shop: { driver: postgres, url: 'postgres://h/d' } }
companies: { acme: {}, globex: {} }
access: { oidc: ${JSON.stringify(oidc)} }
monitors:
  - { name: sync, kind: sync, flow: crm, database: shop, sync_every: 1h, query: "SELECT now() AS last_sync" }
`,
  );
  const result = await loadConfig(join(folder, 'erp-exporter.yml'), { env: {} });
  return result.ok
    ? { oidc: result.config.access?.oidc, problems: [] }
    : { oidc: undefined, problems: result.problems.map(({ path, message }) => `${path}: ${message}`) };
}

it('has defaults that let people sign in', async () => {
  expect((await read({})).oidc).toEqual({
    issuer: complete.issuer,
    clientId: 'erp-exporter',
    clientSecret: undefined,
    scopes: 'openid profile email',
    people: [{ claim: 'groups', value: 'agency', companies: 'all', rights: new Set(['page']) }],
    sessionKey: undefined,
    sessionMs: 8 * 3_600_000,
    endsAtIssuer: false,
  });
});

it('reads secrets from files, and what people see', async () => {
  const { oidc } = await read({
    client_secret_file: 'secret',
    session_key_file: 'key',
    session_lifetime: '12h',
    scopes: ['openid', 'groups'],
    logout: 'issuer',
    people: [
      { claim: 'groups', value: 'acme', companies: ['acme'], rights: ['page', 'records'] },
      { claim: 'groups', companies_claim: 'erp_companies', rights: ['page'] },
    ],
  });
  expect(oidc).toMatchObject({
    clientSecret: 'a secret',
    sessionKey: 'k'.repeat(32),
    sessionMs: 12 * 3_600_000,
    scopes: 'openid groups',
    endsAtIssuer: true,
    people: [
      { companies: new Set(['acme']), rights: new Set(['page', 'records']) },
      { value: undefined, companies: { claim: 'erp_companies' } },
    ],
  });
});

describe('what is wrong is told where it stands', () => {
  const entry = { claim: 'groups', value: 'acme', rights: ['page'] };

  it.each([
    [{ issuer: 'login.example' }, 'access.oidc.issuer: is no address of an issuer'],
    [{ issuer: 'http://login.example' }, 'access.oidc.issuer: is no address of an issuer'],
    [{ issuer: 'https://me@login.example' }, 'access.oidc.issuer: is no address of an issuer'],
    [{ scopes: ['email'] }, 'access.oidc.scopes: must contain openid'],
    [{ people: [] }, 'access.oidc.people: '],
    [
      { people: [{ ...entry, companies: ['acmee'] }] },
      'access.oidc.people[0].companies[0]: there is no company',
    ],
    [
      { people: [{ ...entry, companies: ['acme'], companies_claim: 'x' }] },
      'access.oidc.people[0]: must not have both',
    ],
    [{ people: [{ claim: 'groups', rights: ['page'] }] }, 'access.oidc.people[0]: has neither value'],
    [{ session_lifetime: '1s' }, 'access.oidc.session_lifetime: must be at least 1m'],
    [{ session_key_file: 'secret' }, 'access.oidc.session_key_file: the file holds fewer than 32 characters'],
    [{ client_secret_file: 'empty' }, 'access.oidc.client_secret_file: the file is empty'],
    [{ client_secret_file: 'none' }, 'access.oidc.client_secret_file: cannot read'],
    [{ logout: 'all' }, 'access.oidc.logout: '],
    [{ secret: 'x' }, 'access.oidc.secret: unknown key'],
  ])('%j', async (change, problem) => {
    const { problems } = await read(change);
    expect(problems[0]).toContain(problem);
    expect(problems).toHaveLength(1);
  });
});

it('lets people sign in at a provider on the same machine without TLS', async () => {
  for (const issuer of ['http://localhost:8080/realms/a', 'http://127.0.0.1:8080', 'http://[::1]:8080'])
    expect((await read({ issuer })).problems).toEqual([]);
});
