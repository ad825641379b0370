import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Measure, Selection } from '../../../../src/databases/comparison/contract.ts';
import type { Database } from '../../../../src/databases/contract.ts';
import { loadDriver } from '../../../../src/databases/drivers.ts';
import { compare } from '../../../../src/monitors/reconcile/engine/join/compare.ts';
import type { Pair, Side, SideName } from '../../../../src/monitors/reconcile/engine/types.ts';
import { isNightly } from '../../../helpers/nightly.ts';
import { describeReal } from '../../../helpers/real.ts';
import { isOfTexts, mustBeFound } from './cases.ts';
import { exchanged, sorted } from './oracle.ts';
import { applies, find, plans } from './plans.ts';
import { fill, mariadbServer, mssqlServer, postgresServer, type Server } from './servers.ts';
import { selectionOf, tableOf, type Table } from './tables.ts';
import { requireComparison } from '../../../../src/databases/contract.ts';

const signal = new AbortController().signal;

/** A value that servers hold in two ways: the type and the literal of the column `value`, on the left and on the right. */
interface Alike {
  readonly name: string;
  readonly measure: Measure | 'key' | 'guid';
  readonly toleranceMs?: number;
  readonly left: Readonly<Record<Server['name'], readonly [type: string, literal: string]>>;
  readonly right: Readonly<Record<Server['name'], readonly [type: string, literal: string]>>;
}

const guid = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
const milliseconds: Measure = { type: 'instant' };
const padded = {
  PostgreSQL: ['char(10)', `'abc'`],
  MariaDB: ['CHAR(10)', `'abc'`],
  'SQL Server': ['nchar(10)', `N'abc'`],
} as const;
const spaced = {
  PostgreSQL: ['varchar(10)', `'abc  '`],
  MariaDB: ['VARCHAR(10)', `'abc  '`],
  'SQL Server': ['nvarchar(10)', `N'abc  '`],
} as const;
const small = {
  PostgreSQL: ['uuid', `'${guid}'`],
  MariaDB: ['CHAR(36)', `'${guid}'`],
  'SQL Server': ['uniqueidentifier', `'${guid}'`],
} as const;
const capital = {
  PostgreSQL: ['char(38)', `'{${guid.toUpperCase()}}'`],
  MariaDB: ['VARCHAR(40)', `'{${guid.toUpperCase()}}'`],
  'SQL Server': ['varchar(40)', `'{${guid.toUpperCase()}}'`],
} as const;
/** Every 1/300 s: what SQL Server makes of a time. */
const rounded = {
  PostgreSQL: ['timestamp', `'2026-01-01 12:00:00.003'`],
  MariaDB: ['DATETIME(3)', `'2026-01-01 12:00:00.003'`],
  'SQL Server': ['datetime', `'2026-01-01T12:00:00.004'`],
} as const;

/** Every item of "Must not be reported". */
const mustNotBeReported: readonly Alike[] = [
  { name: 'the spaces that pad a CHAR', measure: { type: 'text' }, left: padded, right: spaced },
  {
    name: 'the spaces that pad a CHAR, in a status',
    measure: { type: 'status', codes: { abc: 1 }, other: 2 },
    left: padded,
    right: spaced,
  },
  { name: 'the spaces that pad a CHAR, in a key', measure: 'key', left: padded, right: spaced },
  { name: 'the case and the braces of a GUID', measure: 'guid', left: small, right: capital },
  {
    name: '1.5 and 1.50',
    measure: { type: 'money', digits: 2 },
    left: {
      PostgreSQL: ['numeric(10,1)', '1.5'],
      MariaDB: ['DECIMAL(10,1)', '1.5'],
      'SQL Server': ['decimal(10,1)', '1.5'],
    },
    right: { PostgreSQL: ['numeric', '1.50'], MariaDB: ['DOUBLE', '1.50'], 'SQL Server': ['money', '1.50'] },
  },
  {
    name: 'the same instant written in another zone',
    measure: milliseconds,
    left: {
      PostgreSQL: ['timestamptz', `'2026-07-01 14:00:00.123+02'`],
      MariaDB: ['DATETIME(3)', `'2026-07-01 12:00:00.123'`],
      'SQL Server': ['datetimeoffset(3)', `'2026-07-01T14:00:00.123+02:00'`],
    },
    right: {
      PostgreSQL: ['timestamptz', `'2026-07-01 07:00:00.123-05'`],
      MariaDB: ['DATETIME(6)', `'2026-07-01 12:00:00.123456'`],
      'SQL Server': ['datetime2(3)', `'2026-07-01T12:00:00.123'`],
    },
  },
  {
    name: 'what datetime rounds away, within the tolerance',
    measure: milliseconds,
    toleranceMs: 4,
    left: {
      PostgreSQL: ['timestamptz', `'2026-01-01 12:00:00.005+00'`],
      MariaDB: ['DATETIME(3)', `'2026-01-01 12:00:00.005'`],
      'SQL Server': ['datetime2(3)', `'2026-01-01T12:00:00.005'`],
    },
    right: rounded,
  },
];

function alikeSelection(
  alike: Alike,
  index: number,
  name: SideName,
  columns: Selection['columns'],
): Selection {
  const isKey = alike.measure === 'key' || alike.measure === 'guid';
  const key = { type: 'text', trim: false, fold: false, guid: alike.measure === 'guid' } as const;
  return {
    sql: `SELECT id, value, at FROM ${name}_alike_${index}`,
    columns,
    parameters: {},
    key: isKey ? { column: 'value', measure: key } : { column: 'id', measure: { type: 'integer' } },
    fields:
      alike.measure === 'key' || alike.measure === 'guid'
        ? []
        : [{ column: 'value', measure: alike.measure }],
    at: 'at',
  };
}

async function fillAlike(server: Server): Promise<void> {
  const time =
    server.name === 'PostgreSQL' ? 'timestamptz' : server.name === 'MariaDB' ? 'DATETIME(3)' : 'datetime2(3)';
  for (const [index, alike] of mustNotBeReported.entries())
    for (const name of ['left', 'right'] as const) {
      const [type, literal] = alike[name][server.name];
      await server.run(`CREATE TABLE ${name}_alike_${index} (id bigint, value ${type}, at ${time})`);
      await server.run(`INSERT INTO ${name}_alike_${index} VALUES (1, ${literal}, '2026-03-01 12:00:00')`);
    }
}

/** Every so many of the cases by day, each pair of servers and each plan beginning with another. */
const share = isNightly ? 1 : 3;

function suite(leftName: Server['name'], rightName: Server['name'], turn: number): void {
  const servers: Server[] = [];
  const databases: Database[] = [];
  const open = async (server: Server): Promise<Database> => {
    const database = (await loadDriver(server.settings.driver))(server.settings);
    databases.push(database);
    return database;
  };
  let opened: Pair<Database>;
  let tables: Pair<Table>;

  beforeAll(async () => {
    const names = [...new Set([leftName, rightName])];
    const [one, other = one] = await Promise.all(names.map((name) => starts[name]()));
    if (one === undefined || other === undefined) throw new Error('no server');
    servers.push(...new Set([one, other]));
    const sets = mustBeFound.map(
      ({ left, right }, set) => [set, { left_rows: left, right_rows: right }] as const,
    );
    for (const server of servers) {
      await fill(server, new Map(sets));
      await fillAlike(server);
    }
    opened = { left: await open(one), right: await open(other) };
    tables = {
      left: await tableOf(opened.left, 'left_rows', signal),
      right: await tableOf(opened.right, 'right_rows', signal),
    };
  }, 120_000);
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await Promise.all(servers.map((server) => server.dispose()));
  });

  const areBothPostgres = leftName === 'PostgreSQL' && rightName === 'PostgreSQL';
  const usable = plans.filter(
    ({ buckets }) => areBothPostgres || buckets?.digest.startsWith('native:') !== true,
  );
  describe.each(usable.map((plan, place) => ({ ...plan, plan, place })))('$name', ({ plan, place }) => {
    const isTried = (index: number): boolean => (index + place + turn) % share === 0;
    const isOfNumbers = plan.buckets?.digest === 'integer';
    const cases = [...mustBeFound.entries()].filter(
      ([set, item]) => isTried(set) && (!isOfNumbers || !isOfTexts(item)),
    );
    it.each(cases.map(([set, item]) => ({ set, item, name: item.name })))(
      'finds $name',
      async ({ set, item }) => {
        const expected = item.expected.map(([id, kind]) => ({
          kind,
          key: plan.key === 'id' ? id : `K${id}`,
        }));
        const sideOf = (table: Table): Side => ({
          comparison: table.comparison,
          selection: selectionOf(table, set, plan.key, !isOfNumbers),
        });
        const [left, right] = [sideOf(tables.left), sideOf(tables.right)];
        expect(applies(plan, left, right)).toBe(true);
        expect(sorted(await find(compare, plan, left, right))).toEqual(sorted(expected));
        expect(sorted(exchanged(await find(compare, plan, right, left)))).toEqual(sorted(expected));
      },
    );

    const alikes = [...mustNotBeReported.entries()].filter(
      ([, { measure }]) =>
        (plan.key === 'ref') === (measure === 'key' || measure === 'guid') &&
        !(isOfNumbers && typeof measure === 'object' && measure.type === 'text'),
    );
    it.each(alikes.map(([index, alike]) => ({ index, alike, name: alike.name })))(
      'does not report $name',
      async ({ index, alike }) => {
        const sideFor = async (name: SideName): Promise<Side> => {
          const { sql } = alikeSelection(alike, index, name, []);
          const columns = await opened[name].describe(sql, {}, signal);
          return {
            comparison: requireComparison(opened[name]),
            selection: alikeSelection(alike, index, name, columns),
          };
        };
        const [left, right] = [await sideFor('left'), await sideFor('right')];
        expect(applies(plan, left, right)).toBe(true);
        expect(await find(compare, plan, left, right, [alike.toleranceMs ?? 0])).toEqual([]);
        if (alike.toleranceMs !== undefined)
          expect(await find(compare, plan, left, right), 'without it').toEqual([
            { kind: 'different', key: 1n },
          ]);
      },
    );
  });
}

const starts = { PostgreSQL: postgresServer, MariaDB: mariadbServer, 'SQL Server': mssqlServer } as const;
const components = { PostgreSQL: 'postgres', MariaDB: 'mariadb', 'SQL Server': 'mssql' } as const;
const pairs = [
  ['PostgreSQL', 'PostgreSQL'],
  ['PostgreSQL', 'MariaDB'],
  ['MariaDB', 'PostgreSQL'],
  ['MariaDB', 'MariaDB'],
  ['PostgreSQL', 'SQL Server'],
] as const;

for (const [turn, [left, right]] of pairs.entries())
  describeReal(`${left} against ${right}`, [components[left], components[right]], () =>
    suite(left, right, turn),
  );
