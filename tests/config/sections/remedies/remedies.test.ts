import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remedies-section-'));
  await writeFile(join(folder, 'token'), 'Bearer hush\n');
  await writeFile(join(folder, 'empty'), '\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const http = 'http: { url: "https://erp.example/orders/{record}/relaunch" }';
const writable = 'writable_databases: { fix: { driver: sqlite, file: fix.db } }';

async function load(sections: string) {
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(
    file,
    `databases: { shop: { driver: postgres, host: 127.0.0.1, database: shop } }
state_file: state.db
calendars: { office: { days: mon-fri, from: "08:00", for: 9h } }
companies: { acme: {}, bolt: {} }
monitors:
  - name: web_orders
    kind: records
    flow: orders
    companies: [acme, bolt]
    database: shop
    calendar: office
    failed: SELECT n AS record, at AS since, error FROM orders WHERE company = :company
  - { name: sync, kind: sync, flow: crm, companies: [acme, bolt], database: shop, sync_every: 1h, query: "SELECT now() AS last_sync WHERE :company <> ''", alert_after: { warning: 2h } }
${sections}
`,
  );
  return loadConfig(file, { env: { record: 'expanded' } });
}

async function problems(sections: string): Promise<string> {
  const result = await load(sections);
  return result.ok ? '' : result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
}

async function warnings(sections: string): Promise<string> {
  const result = await load(sections);
  return result.ok ? result.warnings.map(({ path, message }) => `${path}: ${message}`).join('\n') : 'bad';
}

const one = (entry: string): string =>
  `remedies: { list: [{ name: relaunch, errors: [rate-limit], ${entry} }] }`;

it('is off by default; a remedy only shows what it would do unless it says dry_run: false', async () => {
  const without = await load('');
  expect(without.ok && without.config.remedies).toBeUndefined();
  const plain = await load(one(http));
  const remedies = plain.ok ? plain.config.remedies : undefined;
  expect(remedies).toMatchObject({ perHour: 60, leastSuccess: 0.5 });
  expect(remedies?.remedies).toEqual([
    {
      name: 'relaunch',
      errors: new Set(['rate-limit']),
      monitors: 'all',
      companies: 'all',
      isDryRun: true,
      byHand: 'same',
      limits: { waitMs: 600_000, attempts: 3, pauseMs: 900_000, perHour: 20 },
      action: {
        type: 'http',
        method: 'POST',
        url: 'https://erp.example/orders/{record}/relaunch',
        headers: {},
        headerFiles: {},
        allowsPrivate: false,
        timeoutMs: 20_000,
      },
    },
  ]);
  expect(await warnings(one(http))).toBe('');
  const active = await load(one(`dry_run: false, calendar: office, ${http}`));
  const [first] = active.ok ? (active.config.remedies?.remedies ?? []) : [];
  expect(first?.isDryRun).toBe(false);
  // A Monday at 09:00 and at 20:00.
  const isOpen = (at: string) => first?.limits.calendar?.isOpen(Date.parse(at));
  expect([isOpen('2026-11-23T09:00Z'), isOpen('2026-11-23T20:00Z')]).toEqual([true, false]);
});

it('reads a statement as it is written, and its database apart from those of monitors', async () => {
  const sql = `"UPDATE orders SET state = '\${record}' WHERE n = :record"`;
  const result = await load(`${writable}\n${one(`statement: { database: fix, sql: ${sql} }`)}`);
  expect(result.ok && result.config.remedies?.remedies[0]?.action).toEqual({
    type: 'statement',
    database: 'fix',
    sql: "UPDATE orders SET state = '${record}' WHERE n = :record",
    timeoutMs: 20_000,
  });
  expect(result.ok && [...result.config.databases.keys()]).toEqual(['shop']);
  expect(result.ok && [...(result.config.remedies?.databases.keys() ?? [])]).toEqual(['fix']);
});

it('keeps secrets in their files', async () => {
  const headers = 'headers: { Accept: text/plain }, header_files: { Authorization: token }';
  const result = await load(one(`http: { url: "https://erp.example/{record}", ${headers} }`));
  expect(result.ok && result.config.remedies?.remedies[0]?.action).toMatchObject({
    headerFiles: { Authorization: join(folder, 'token') },
  });
  expect(JSON.stringify(result)).not.toContain('hush');
});

it.each([
  [one(''), 'remedies.list[0]: needs either http or statement'],
  [`remedies: { list: [{ name: a, ${http} }] }`, 'remedies.list[0].errors: is empty: name the known errors'],
  [
    `remedies: { list: [{ name: a, errors: [rate-limit], by_hand: all, ${http} }] }`,
    'remedies.list[0].by_hand: must be one of',
  ],
  [one('http: {}'), 'remedies.list[0].http.url: is missing'],
  ['remedies: { list: [] }', 'remedies.list: is empty'],
  ['remedies: { lst: [] }', 'did you mean "list"?'],
  [
    `remedies: { list: [{ name: a, errors: [rate-limits], ${http} }] }`,
    'there is no known error "rate-limits"; did you mean "rate-limit"?',
  ],
  [
    `remedies: { list: [{ name: a, errors: [closed-period], ${http} }] }`,
    '"closed-period" is not resolved by a retry (category closed_period); use one of',
  ],
  [
    `remedies: { list: [{ name: a, errors: [rate-limit], ${http} }, { name: a, errors: [rate-limit], ${http} }] }`,
    'remedies.list[1].name: remedies.list[0] has the name "a" too',
  ],
  [one(`monitors: [web_order], ${http}`), 'there is no monitor "web_order"; did you mean "web_orders"?'],
  [one(`companies: [acne], ${http}`), 'there is no company "acne"; did you mean "acme"?'],
  [one(`calendar: ofice, ${http}`), 'there is no calendar "ofice"; did you mean "office"?'],
  [one(`attempts: 0, ${http}`), 'remedies.list[0].attempts'],
  [one(`pause: 1s, ${http}`), 'remedies.list[0].pause: must be at least 1m'],
  [one('http: { url: "https://{record}.example/" }'), 'has a placeholder in its host'],
  [one('http: { url: "{record}" }'), 'is not an address'],
  [one('http: { url: "file:///etc/{record}" }'), 'is not an address'],
  [one('http: { url: "https://me:hush@erp.example/{record}" }'), 'contains a login'],
  [one('http: { url: "https://erp.example/{order}" }'), 'has "{order}", which is no placeholder'],
  [one('http: { url: "https://erp.example/?{record}=1" }'), 'in the name of a parameter'],
  [one('http: { url: "https://erp.example/a/../{record}" }'), 'has a segment of dots'],
  [one('http: { url: "https://erp.example/a b/{record}" }'), 'must be encoded'],
  [one('http: { url: "https://erp.example/{record}#x" }'), 'without a fragment'],
  [one('http: { url: "https://e.example/{record}", method: GET }'), 'remedies.list[0].http.method'],
  [one('http: { url: "https://e.example/{record}", headers: { Host: x } }'), 'is set by the exporter itself'],
  [one('http: { url: "https://e.example/{record}", headers: { "A b": x } }'), 'is not the name of a header'],
  [one('http: { url: "https://e.example/{record}", headers: { A: "x\\ny" } }'), 'must be one line'],
  [one('http: { url: "https://e.example/{record}", headers: { A: "{record}" } }'), 'has a placeholder'],
  [one('http: { url: "https://e.example/{record}", header_files: { A: none } }'), 'the file cannot be read'],
  [one('http: { url: "https://e.example/{record}", header_files: { A: empty } }'), 'the file is empty'],
  [
    one('http: { url: "https://e.example/{record}", headers: { A: x }, header_files: { a: token } }'),
    'is given twice',
  ],
  [one('http: { url: "https://e.example/{record}", tls_ca_file: token }'), 'is no PEM text'],
  [one('statement: { database: shop, sql: "CALL x(:record)" }'), 'no writable database is called "shop"'],
  [
    `${writable}\n${one('statement: { database: fix, sql: "DROP TABLE orders" }')}`,
    'is not a statement that a remedy may run',
  ],
  [
    `${writable}\n${one('statement: { database: fix, sql: "UPDATE o SET a = 1; DELETE FROM o" }')}`,
    'is more than one statement',
  ],
  [`${writable}\n${one('statement: { database: fix, sql: "UPDATE o SET a = 1" }')}`, 'has no WHERE'],
  [
    `${writable}\n${one('statement: { database: fix, sql: "DELETE FROM o WHERE a = 1" }')}`,
    'does not name :record',
  ],
  [
    `${writable}\n${one('statement: { database: fix, sql: "SELECT * FROM orders" }')}`,
    'is not a statement that a remedy may run',
  ],
  [
    'writable_databases: { shop: { driver: sqlite, file: x.db } }',
    'is the name of an entry of databases too',
  ],
  ['writable_databases: { fix: { driver: sqlite, fil: x.db } }', 'did you mean "file"?'],
])('says what is wrong with %s', async (section, message) => {
  expect(await problems(section)).toContain(message);
});

it('warns of what can have no effect', async () => {
  expect(await warnings(one(`monitors: [sync], ${http}`))).toContain(
    'remedies.list[0]: no monitor has failed records that it could mend',
  );
  expect(await warnings(`${writable}\n${one(http)}`)).toContain(
    'writable_databases.fix: is not used by any remedy',
  );
  expect(
    await warnings(one('http: { url: "http://erp.example/{record}", header_files: { A: token } }')),
  ).toContain('cross the network unencrypted');
});
