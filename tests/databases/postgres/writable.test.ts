import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { DatabaseSettings } from '../../../src/databases/contract.ts';
import { open } from '../../../src/databases/postgres/database.ts';
import { openWritable } from '../../../src/databases/postgres/writable.ts';
import type { Row } from '../../../src/databases/values.ts';
import type { WritableDatabase } from '../../../src/databases/writable.ts';
import { startPostgres } from '../../helpers/postgres.ts';
import type { PostgresServer } from '../../helpers/postgres.ts';
import { describeReal } from '../../helpers/real.ts';

const patient = { connectTimeoutMs: 30_000, lockTimeoutMs: 1000 } as const;
const limits = (timeoutMs = 30_000) => ({ signal: AbortSignal.timeout(60_000), timeoutMs });

describeReal('what writes to PostgreSQL', ['postgres'], () => {
  let server: PostgresServer;
  const opened: { close(): Promise<void> }[] = [];
  const writable = (change: Partial<DatabaseSettings> = {}): WritableDatabase => {
    const database = openWritable(server.settings({ ...patient, ...change }));
    opened.push(database);
    return database;
  };
  const run = async (database: WritableDatabase, sql: string, timeoutMs?: number): Promise<readonly Row[]> =>
    (await database.transaction((execute) => execute(sql, {}), limits(timeoutMs))).rows;

  beforeAll(async () => {
    server = await startPostgres();
    await server.admin(`
      CREATE TABLE orders (n text PRIMARY KEY, state text);
      INSERT INTO orders VALUES ('1', 'failed');
      CREATE ROLE reader LOGIN PASSWORD 'geheim';
      GRANT SELECT ON orders TO reader;
      CREATE ROLE relauncher LOGIN PASSWORD 'geheim';
      CREATE PROCEDURE relaunch(of text) LANGUAGE sql SECURITY DEFINER AS $$
        UPDATE orders SET state = 'again' WHERE n = of $$;
      REVOKE EXECUTE ON PROCEDURE relaunch(text) FROM PUBLIC;
      GRANT EXECUTE ON PROCEDURE relaunch(text) TO relauncher`);
  });
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
    await server.admin("UPDATE orders SET state = 'failed'");
  });
  afterAll(() => server.dispose());

  it('has sessions of its own: those that read cannot write beside it, and it is as it was after each use', async () => {
    const writes = writable({ connections: 1 });
    const reads = open(server.settings(patient));
    opened.push(reads);
    const read = (sql: string) => Array.fromAsync(reads.query(sql, {}, { ...limits(), maxRows: 10 }));
    const pid = 'SELECT pg_backend_pid() AS pid';
    const [[own], [other]] = [await run(writes, pid), await read(pid)];
    expect(own?.['pid']).not.toBe(other?.['pid']);
    await expect(read("UPDATE orders SET state = 'read' RETURNING n")).rejects.toMatchObject({
      kind: 'permission',
    });
    await run(writes, "UPDATE orders SET state = 'again'");
    expect(await server.admin('SELECT state FROM orders')).toEqual([{ state: 'again' }]);

    await run(writes, 'CREATE TEMPORARY TABLE left_behind (a int)');
    await run(writes, "SELECT set_config('search_path', 'nowhere', false)");
    const [state] = await run(
      writes,
      "SELECT current_setting('search_path') AS path, to_regclass('left_behind') IS NULL AS gone, pg_backend_pid() AS pid",
    );
    expect(state).toMatchObject({ gone: true, pid: own?.['pid'] });
    expect(state?.['path']).not.toBe('nowhere');
  });

  it('says in the list of sessions who it is', async () => {
    await writable().transaction(async (execute) => {
      const { rows } = await execute(
        'SELECT application_name AS name FROM pg_stat_activity WHERE pid = pg_backend_pid()',
        {},
      );
      expect(rows).toEqual([{ name: 'erp-exporter' }]);
    }, limits());
  });

  it('is ended by the server at its time, and nothing is left of its transaction', async () => {
    const database = writable();
    const slow = database.transaction(async (execute) => {
      await execute("UPDATE orders SET state = 'half'", {});
      return execute('SELECT pg_sleep(60)', {});
    }, limits(500));
    await expect(slow).rejects.toMatchObject({ kind: 'timeout' });
    const still =
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid()";
    await expect.poll(() => server.admin(still), { timeout: 10_000 }).toEqual([{ count: 0 }]);
    expect(await run(database, 'SELECT state FROM orders')).toEqual([{ state: 'failed' }]);
  });

  it('waits for a lock no longer than it may, and says that it was locked', async () => {
    const holder = await server.session();
    await holder.query("BEGIN; UPDATE orders SET state = 'held'");
    const database = writable();
    await expect(run(database, "UPDATE orders SET state = 'again'")).rejects.toMatchObject({
      kind: 'locked',
    });
    await holder.query('ROLLBACK');
    await holder.end();
    await run(database, "UPDATE orders SET state = 'again'");
  });

  it('says which right its login lacks, and needs no other than to call what it calls', async () => {
    const reader = writable({ user: 'reader' });
    await expect(run(reader, "UPDATE orders SET state = 'again'")).rejects.toMatchObject({
      kind: 'permission',
      code: 'sqlstate:42501',
      message: 'permission denied for table orders',
    });
    const relauncher = writable({ user: 'relauncher' });
    await run(relauncher, "CALL relaunch('1')");
    expect(await server.admin('SELECT state FROM orders')).toEqual([{ state: 'again' }]);
    await expect(run(relauncher, 'SELECT n FROM orders')).rejects.toMatchObject({ kind: 'permission' });
    const stranger = writable({ user: 'nobody' });
    await expect(run(stranger, 'SELECT 1')).rejects.toMatchObject({ kind: 'login' });
  });

  it('writes where reading is but the default of its login', async () => {
    await server.admin('ALTER ROLE relauncher SET default_transaction_read_only = on');
    await run(writable({ user: 'relauncher' }), "CALL relaunch('1')");
    await server.admin('ALTER ROLE relauncher RESET default_transaction_read_only');
  });

  it('is durable, whatever the default of the server', async () => {
    await server.admin('ALTER ROLE exporter SET synchronous_commit = off');
    const [row] = await run(writable(), "SELECT current_setting('synchronous_commit') AS durable");
    expect(row).toEqual({ durable: 'on' });
    await server.admin('ALTER ROLE exporter RESET synchronous_commit');
  });

  it('works again when the server was restarted, and says that a session was lost', async () => {
    const database = writable({ connections: 1 });
    const lost = database.transaction(async (execute) => {
      await execute("UPDATE orders SET state = 'half'", {});
      await server.restart();
      return execute('SELECT 1 AS one', {});
    }, limits());
    await expect(lost).rejects.toMatchObject({ kind: 'lost' });
    expect(await run(database, 'SELECT state FROM orders')).toEqual([{ state: 'failed' }]);
  }, 120_000);
});
