import { describe, expect, it } from 'vitest';
import { failureOf, rowsOf, timeOf, type Scene } from './scene.ts';

/** What a database tells about statements, its clock and its login. */
export function inspecting(scene: Scene): void {
  const { sql, types, version, capabilities } = scene.facts;
  const signal = new AbortController().signal;

  describe('describe', () => {
    it('tells names and types of the columns', async () => {
      const columns = 'small, big, exact, truth, approx, words, raw';
      const guid = types.guid === undefined ? '' : ', guid';
      await scene.with({}, async (database) => {
        const described = await database.describe(
          `SELECT ${columns}${guid} FROM contract_values WHERE id = :id`,
          { id: 1 },
          signal,
        );
        expect(described.map(({ name, type }) => `${name} ${type}`)).toEqual([
          'small integer',
          'big integer',
          'exact decimal',
          'truth boolean',
          'approx float',
          'words text',
          'raw bytes',
          ...(types.guid === undefined ? [] : ['guid text']),
        ]);
        for (const column of described) expect(column.native).not.toBe('');
        const at = new Date('2026-03-29T00:00:00Z');
        const { instant = (expression: string) => expression } = sql;
        const zoned = types.zoned === undefined ? [] : ['zoned'];
        const times = await database.describe(
          `SELECT ${[...zoned, 'local', 'day'].join(', ')} FROM contract_moments WHERE ${instant('local', 'local')} >= ${instant(':at', 'local')}`,
          { at },
          signal,
        );
        expect(times.map(({ name, type }) => `${name} ${type}`)).toEqual([
          ...zoned.map((name) => `${name} instant`),
          'local instant',
          'day instant',
        ]);
      });
    });

    it('does not run the statement', async () => {
      await scene.with({ connections: 1 }, async (database) => {
        const took = await timeOf(async () => {
          const columns = await database.describe(sql.sleep(scene.long), {}, signal);
          expect(columns.map(({ name }) => name)).toEqual(['slept']);
        });
        expect(took).toBeLessThan(2000);
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    });

    it('refuses a broken statement and goes on', async () => {
      await scene.with({ connections: 1 }, async (database) => {
        for (const broken of ['SELEC 1', 'SELECT id FROM contract_no_such_table'])
          expect((await failureOf(database.describe(broken, {}, signal))).kind).toBe('query');
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    });
  });

  describe('ping and inspect', () => {
    it('sees no skew between two clocks of one machine', async () => {
      await scene.with({ timezone: 'America/New_York' }, async (database) => {
        await database.ping(signal);
        const { clockSkewSeconds } = await database.ping(signal);
        expect(Math.abs(clockSkewSeconds)).toBeLessThan(0.5);
      });
    });

    it('tells the version and why the login could write', async () => {
      await scene.with({}, async (database) => {
        const inspection = await database.inspect(signal);
        expect(inspection.version).toMatch(version);
        expect(inspection.user).not.toBe('');
        expect(inspection.writable.length).toBeGreaterThan(0);
        expect(inspection.writable.length).toBeLessThanOrEqual(5);
        // The suite’s login is an administrator’s, where there are logins.
        if (capabilities.logins) expect(inspection.powerful.length).toBeGreaterThan(0);
      });
    });

    if (capabilities.logins)
      it('finds nothing to say against a login that can only read, which may not read all', async () => {
        const { reader } = scene.subject;
        if (reader === undefined) throw new Error('the subject brings no reader');
        await scene.subject.admin(reader.grant('contract_values'));
        await scene.with({ user: reader.user, password: reader.password }, async (database) => {
          const inspection = await database.inspect(signal);
          expect(inspection).toMatchObject({ writable: [], powerful: [], reaching: [] });
          expect(inspection.user).toContain(reader.user);
          expect(await rowsOf(database, 'SELECT id FROM contract_values WHERE id = 1')).toEqual([{ id: 1 }]);
          expect((await failureOf(rowsOf(database, 'SELECT id FROM contract_moments'))).kind).toBe(
            'permission',
          );
        });
      });
  });
}
