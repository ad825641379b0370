import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DatabaseSettings } from '../../../src/databases/contract.ts';
import type { Row } from '../../../src/databases/values.ts';
import { open } from '../../../src/databases/mysql/database.ts';
import { startMariadb, type Mariadb } from '../../helpers/mariadb.ts';
import { describeReal } from '../../helpers/real.ts';
import { failureOf, options, rowsOf } from '../contract/scene.ts';

const endless = 'SELECT seq AS n FROM seq_1_to_1000000000';

describeReal('sessions on MariaDB', ['mariadb'], () => {
  let server: Mariadb;
  const one = async (sql: string, overrides: Partial<DatabaseSettings> = {}): Promise<Row | undefined> => {
    const database = open(server.settings(overrides));
    try {
      return (await rowsOf(database, sql))[0];
    } finally {
      await database.close();
    }
  };
  const running = async (marker: string): Promise<number> => {
    const where = `info LIKE '%${marker}%' AND id <> connection_id()`;
    const rows = await server.admin(`SELECT id FROM information_schema.processlist WHERE ${where}`);
    return rows.length;
  };

  beforeAll(async () => {
    server = await startMariadb({ tls: true });
  });
  afterAll(() => server.dispose());

  it('can be talked into writing by no statement', async () => {
    await server.admin(`
      CREATE TABLE untouched (id int);
      CREATE SEQUENCE counter;
      CREATE PROCEDURE write_in_own_transaction() BEGIN START TRANSACTION READ WRITE; INSERT INTO untouched VALUES (1); COMMIT; END;
      CREATE FUNCTION write_and_tell() RETURNS int MODIFIES SQL DATA BEGIN INSERT INTO untouched VALUES (2); RETURN 1; END`);
    const database = open(server.settings({ connections: 1 }));
    for (const sql of [
      'SET SESSION TRANSACTION READ WRITE',
      'START TRANSACTION READ WRITE',
      'SET STATEMENT tx_read_only = 0 FOR INSERT INTO untouched VALUES (3)',
      'BEGIN NOT ATOMIC SET SESSION TRANSACTION READ WRITE; INSERT INTO untouched VALUES (4); END',
      'CALL write_in_own_transaction()',
      'SELECT write_and_tell()',
      'SELECT nextval(counter)',
      '/*! INSERT INTO */ untouched VALUES (5)',
      'WITH one AS (SELECT 1) INSERT INTO untouched SELECT * FROM one',
      'SELECT 1; INSERT INTO untouched VALUES (6)',
      'INSERT INTO untouched VALUES (7)',
    ])
      expect((await failureOf(rowsOf(database, sql))).kind, sql).toMatch(/^(permission|query)$/);
    expect(await rowsOf(database, 'SELECT id FROM untouched')).toEqual([]);
    await database.close();
    expect(await server.admin('SELECT id FROM untouched')).toEqual([]);
  });

  it('leaves nothing of a statement in its session: no lock, no variable, no setting', async () => {
    const database = open(server.settings({ connections: 1 }));
    const state = async (): Promise<Row | undefined> =>
      (
        await rowsOf(
          database,
          `SELECT connection_id() AS id, @kept AS kept, @@transaction_read_only AS reads, @@character_set_client AS sent,
            @@collation_connection AS compared, 'é漢😀' AS words`,
        )
      )[0];
    const before = await state().catch((error: unknown) => String(error));
    expect(await rowsOf(database, `SELECT GET_LOCK('erp_job', 0) AS got, @kept := 7 AS kept`)).toEqual([
      { got: 1, kept: 7 },
    ]);
    expect(await server.admin(`SELECT IS_FREE_LOCK('erp_job') AS free`)).toEqual([{ free: 1 }]);
    expect(await state().catch((error: unknown) => String(error))).toEqual(before);
    await database.close();
  });

  it('keeps the session of a statement that it cut short', async () => {
    const database = open(server.settings({ connections: 1 }));
    const id = async (): Promise<unknown> =>
      (await rowsOf(database, 'SELECT connection_id() AS id'))[0]?.['id'];
    const before = await id();
    expect(await rowsOf(database, endless, {}, { maxRows: 5 })).toHaveLength(5);
    expect(await id()).toBe(before);
    await database.close();
  });

  it('lets go of a server that stands still, and comes back when it goes on', async () => {
    const database = open(server.settings());
    await rowsOf(database, 'SELECT 1');
    await server.freeze();
    try {
      const start = Date.now();
      const error = await failureOf(rowsOf(database, 'SELECT 1', {}, { signal: AbortSignal.timeout(200) }));
      expect(error.kind).toBe('aborted');
      expect(Date.now() - start).toBeLessThan(1700);
      const other = open(server.settings());
      const stuck = failureOf(rowsOf(other, 'SELECT 1'));
      const closing = Date.now();
      await other.close();
      expect(Date.now() - closing).toBeLessThan(2000);
      expect((await stuck).kind).toBe('aborted');
    } finally {
      server.thaw();
    }
    expect(await rowsOf(database, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.close();
  });

  it('checks an address against the certificate as it does a name', async () => {
    const checked = open(server.settings({ tls: { mode: 'verify-full', ca: server.ca } }));
    const error = await failureOf(rowsOf(checked, 'SELECT 1'));
    await checked.close();
    expect(error.kind).toBe('unreachable');
    expect(error.message).toContain('127.0.0.1');
  });

  it('connects through a socket, says who it is, and reads what is committed', async () => {
    const sql = `SELECT attr_value AS program, @@autocommit AS autocommit FROM performance_schema.session_connect_attrs
      WHERE processlist_id = connection_id() AND attr_name = 'program_name'`;
    await server.admin('SET GLOBAL autocommit = 0');
    try {
      expect(await one(sql, { host: server.socket })).toEqual({ program: 'erp-exporter', autocommit: 1 });
    } finally {
      await server.admin('SET GLOBAL autocommit = 1');
    }
  });

  it('tells that the server has no session left for it', async () => {
    await server.admin(`CREATE USER few@'%' IDENTIFIED BY 'few' WITH MAX_USER_CONNECTIONS 1`);
    const settings = server.settings({ user: 'few', password: 'few', database: 'information_schema' });
    const [first, second] = [open(settings), open(settings)];
    const held = rowsOf(first, 'SELECT sleep(1) /* held_session */ AS slept');
    await expect.poll(() => running('held_session'), { timeout: 2000 }).toBe(1);
    const error = await failureOf(rowsOf(second, 'SELECT 1'));
    await held;
    expect([error.kind, error.code]).toEqual(['unreachable', 'mysql:1226']);
    await Promise.all([first.close(), second.close()]);
  });

  it('ends a statement whose rows nobody fetches when its signal fires', async () => {
    const database = open(server.settings({ connections: 1 }));
    const controller = new AbortController();
    const sql = `${endless} /* forgotten_rows */`;
    const forever = options({ signal: controller.signal, maxRows: 1e9 });
    const rows = database.query(sql, {}, forever)[Symbol.asyncIterator]();
    await rows.next();
    controller.abort();
    await expect.poll(() => running('forgotten_rows'), { timeout: 2000 }).toBe(0);
    await database.close();
  });
});
