import { open } from '../../../src/databases/mysql/database.ts';
import type { DatabaseSettings } from '../../../src/databases/contract.ts';
import type { Statements, Subject, TypeNames } from '../contract.ts';

/** Types that MariaDB and MySQL both have. */
export const mysqlTypes: TypeNames = {
  big: 'bigint',
  boolean: 'boolean',
  double: 'double',
  zoned: 'timestamp(3)',
  local: 'datetime(3)',
  text: 'longtext',
  bytes: 'varbinary(100)',
};

const digits = `(${Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ')})`;

/** Statements that MariaDB and MySQL both understand. */
export const mysqlSql: Statements = {
  text: (value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  truth: (value) => (value ? 'true' : 'false'),
  // The administrator's session is in the zone of the machine.
  zoned: (value) => `from_unixtime(${value.getTime() / 1000})`,
  bytes: (hex) => `x'${hex}'`,
  castInteger: 'signed',
  ownParameter: '?',
  repeat: (text, times) => `repeat('${text}', ${times})`,
  // In the list of columns sleep() would end well when it is cut short: MySQL's manual, 14.23.
  sleep: (seconds) => `SELECT 1 AS slept FROM (SELECT 1) AS one WHERE sleep(${seconds}) = 0`,
  // Neither ROW_NUMBER() nor a recursive table streams on both.
  series: (rows, width = 100) => `SELECT CAST(@n := @n + 1 AS signed) AS n, repeat('x', ${width}) AS filler
    FROM (SELECT @n := 0) AS start, ${Array.from({ length: 9 }, (_, place) => `${digits} AS digit${place}`).join(', ')} LIMIT ${rows}`,
  lock: (table) => [`LOCK TABLES ${table} WRITE`],
};

interface Server {
  readonly settings: DatabaseSettings;
  /** Runs statements in the database of `settings`, as administrator. */
  readonly admin: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly hold: (statements: readonly string[]) => Promise<() => Promise<void>>;
}

/** A server whose login of `settings` is the driver's alone, with a login that can only connect. */
export async function mysqlSubject({ settings, admin, hold }: Server): Promise<Subject> {
  const reader = { user: 'reader', password: 'Only-reads-7' };
  await admin(`CREATE USER ${reader.user}@'%' IDENTIFIED BY '${reader.password}'`);
  const where = (marker: string): string =>
    `FROM information_schema.processlist WHERE info LIKE '%${marker}%' AND id <> connection_id()`;
  const count = async (from: string): Promise<number> =>
    Number((await admin(`SELECT count(*) AS n ${from}`))[0]?.['n']);
  return {
    open,
    settings,
    admin,
    hold,
    running: (marker) => count(where(marker)),
    sessions: () => count(`FROM information_schema.processlist WHERE user = '${settings.user ?? ''}'`),
    terminate: async (marker) => {
      for (const { id } of await admin(`SELECT id AS id ${where(marker)}`))
        await admin(`KILL CONNECTION ${Number(id)}`);
    },
    reader: {
      ...reader,
      grant: (table) => `GRANT SELECT ON ${settings.database ?? ''}.${table} TO ${reader.user}@'%'`,
    },
  };
}
