import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serve } from '../../src/commands/serve.ts';
import { openStateFile } from '../../src/state/file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serve-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A port that is free; fails when `port` is not. */
async function freePort(port = 0): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: found } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return found;
}

async function start(port: number) {
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(
    file,
    `state_file: state.db
databases: { shop: { driver: postgres, host: 127.0.0.1, port: 1, database: shop } }
monitors:
  - { name: sync, kind: sync, flow: crm, database: shop, sync_every: 1h, query: "SELECT now() AS last_sync" }
`,
  );
  return serve({
    file,
    env: {},
    listenAddresses: [{ host: '127.0.0.1', port }],
    externalUrl: undefined,
    version: '0.0.0',
    log: silent,
  });
}

describe('the state file', () => {
  it('is opened at the start and closed at the end', async () => {
    const serving = await start(await freePort());
    await serving.stop();
    const database = openStateFile(join(folder, 'state.db'));
    expect(database.prepare('SELECT count(*) AS n FROM monitor_scope').get()).toEqual({ n: 0 });
    database.close();
  });

  it('that cannot be used ends the start, and nothing goes on listening', async () => {
    await writeFile(join(folder, 'state.db'), 'Hello, world. '.repeat(500));
    const port = await freePort();
    await expect(start(port)).rejects.toThrow(/state\.db cannot be used: .*repair or remove it/);
    expect(await freePort(port)).toBe(port);
  });
});
