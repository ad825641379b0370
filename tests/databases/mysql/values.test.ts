import { afterAll, beforeAll, expect, it } from 'vitest';
import { open } from '../../../src/databases/mysql/database.ts';
import { startMariadb, type Mariadb } from '../../helpers/mariadb.ts';
import { describeReal } from '../../helpers/real.ts';
import { rowsOf } from '../contract/scene.ts';

const everyType = `
  CREATE TABLE every_type (flag tinyint(1), small tinyint unsigned, bit1 bit(1), bit20 bit(20), huge bigint unsigned,
    approx float, year_of year, span time(3), choice enum('a','b'), choices set('x','y'), document json, zero datetime,
    partial date, invalid datetime, key16 binary(16), exact decimal(40,20), place point, address inet4);
  SET sql_mode = 'ALLOW_INVALID_DATES';
  INSERT INTO every_type VALUES (1, 255, b'1', b'10000000000000000001', 18446744073709551615, 0.1, 2026, '-25:01:02.500',
    'b', 'x,y', '{"a":9007199254740993}', '0000-00-00 00:00:00', '2026-00-00', '2026-02-31 00:00:00',
    unhex('00112233445566778899aabbccddeeff'), 1.5, point(1, 2), '127.0.0.1')`;

describeReal('values of MariaDB', ['mariadb'], () => {
  let server: Mariadb;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    server = await startMariadb();
    await server.admin(everyType);
  });
  afterAll(() => server.dispose());

  it('hands out the types that only MySQL has', async () => {
    const database = open(server.settings());
    const rows = await rowsOf(database, 'SELECT * FROM every_type');
    await database.close();
    expect(rows[0]).toEqual({
      flag: true,
      small: 255,
      bit1: true,
      bit20: 524289,
      huge: 18446744073709551615n,
      approx: 0.1,
      year_of: 2026,
      span: '-25:01:02.5',
      choice: 'b',
      choices: 'x,y',
      document: '{"a":9007199254740993}',
      zero: null,
      partial: null,
      invalid: null,
      key16: Uint8Array.from(Buffer.from('00112233445566778899aabbccddeeff', 'hex')),
      exact: '1.50000000000000000000',
      place: '{"x":1,"y":2}',
      address: '127.0.0.1',
    });
  });

  it('loses no number to the boolean that a tinyint(1) mostly is', async () => {
    await server.admin(
      'CREATE TABLE flags (flag tinyint(1)); INSERT INTO flags VALUES (0), (1), (2), (-1), (NULL)',
    );
    const database = open(server.settings());
    const rows = await rowsOf(database, 'SELECT flag FROM flags');
    await database.close();
    expect(rows.map(({ flag }) => flag)).toEqual([false, true, 2, -1, null]);
  });

  it('describes a parameter, a NULL, a count and a sum', async () => {
    const database = open(server.settings());
    const sql =
      'SELECT :company AS company, NULL AS code, count(*) AS n, sum(small) AS total, bit20 FROM every_type';
    const columns = await database.describe(sql, { company: 'acme' }, signal);
    await database.close();
    expect(columns.map(({ name, type, native }) => `${name} ${type} ${native}`)).toEqual([
      'company unknown null',
      'code unknown null',
      'n integer bigint',
      'total decimal decimal',
      'bit20 integer bit(20)',
    ]);
  });

  it('binds an integer where only an integer may stand, and a Date that comes back', async () => {
    const at = new Date('2026-07-01T10:00:00.123Z');
    const database = open(server.settings({ timezone: 'America/New_York' }));
    expect(await rowsOf(database, 'SELECT seq FROM seq_1_to_9 LIMIT :most', { most: 2 })).toHaveLength(2);
    expect(await rowsOf(database, 'SELECT :at AS at', { at })).toEqual([{ at }]);
    await database.close();
  });
});
