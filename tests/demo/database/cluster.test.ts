import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareCluster, preparedCluster } from '../../../src/demo/database/cluster.ts';
import { startEmbedded } from '../../../src/demo/database/embedded.ts';

describe('the prepared data directory', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cluster-'));
    file = join(folder, 'prepared', 'cluster.tar.gz');
  });
  afterAll(async () => rm(folder, { recursive: true }));

  it('is a file of its own, from which a database starts that holds nothing else', async () => {
    expect(await preparedCluster(file)).toBeUndefined();
    await prepareCluster(file);
    expect(await preparedCluster(file)).toBe(file);
    expect(await readdir(join(folder, 'prepared'))).toEqual(['cluster.tar.gz']);
    const database = await startEmbedded('demo', AbortSignal.timeout(60_000), file);
    const client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client.query('SELECT datname FROM pg_database');
    expect(rows).toEqual([{ datname: 'postgres' }]);
    await client.end();
    await database.stop();
  }, 120_000);
});
