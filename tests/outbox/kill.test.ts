import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWritable } from '../../src/databases/postgres/writable.ts';
import { createPostgresStore } from '../../src/outbox/postgres-store.ts';
import { isNightly } from '../helpers/nightly.ts';
import { startPostgres } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';
import { startFickleServer } from './support/fickle-server.ts';
import type { FickleServer } from './support/fickle-server.ts';
import type { Orders } from './support/killed-process.ts';

const program = fileURLToPath(new URL('support/killed-process.ts', import.meta.url));
/** How often processes are killed: all that was promised at night. */
const kills = (byDay: number): number => Number(process.env['OUTBOX_KILLS'] ?? (isNightly ? 1000 : byDay));
const keysPerProcess = 10;
const timeout = 3_600_000;

/** Numbers from 0 to 1 that a seed gives. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = randomOf(fc.readConfigureGlobal().seed ?? Date.now());
let folder: string;
let server: FickleServer;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-'));
  server = await startFickleServer(random);
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** What processes have said that they committed. */
class Committed {
  readonly keys = new Set<string>();

  /** Starts a process; resolves when its store is open. */
  async start(orders: Orders): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['--no-warnings', program, JSON.stringify(orders)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const started = Promise.withResolvers<undefined>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'started') started.resolve(undefined);
      else this.keys.add(line.replace('committed ', ''));
    });
    const died = once(child, 'exit').then(() => {
      throw new Error('the process ended before it had begun');
    });
    await Promise.race([started.promise, died]);
    died.catch(() => undefined);
    return child;
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const keysOf = (round: number): readonly string[] =>
  Array.from({ length: keysPerProcess }, (_, at) => `k${round * keysPerProcess + at}`);

/** Waits until nothing waits any more, then tells how often each committed key was created. */
async function outcome(waiting: () => Promise<number>, committed: Committed) {
  while ((await waiting().catch(() => 1)) > 0) await delay(100);
  const times = [...committed.keys].map((key) => server.created.get(`/${key}`) ?? 0);
  return {
    never: times.filter((count) => count === 0).length,
    twice: [...server.created.values()].filter((count) => count > 1).length,
  };
}

it('does each thing once on a state file, whenever the process is killed', { timeout }, async () => {
  const file = join(folder, 'state.db');
  const committed = new Committed();
  const orders = { url: server.url, place: { file }, leaseMs: 60_000, skewMs: 0 };
  for (let round = 0; round < kills(12); round += 1) {
    const child = await committed.start({ ...orders, keys: keysOf(round) });
    await delay(random() * 150);
    await kill(child);
  }
  const last = await committed.start({ ...orders, keys: [] });
  // The process has the store for itself.
  const reader = new DatabaseSync(file, { readOnly: true });
  const count = reader.prepare("SELECT count(*) AS waiting FROM outbox_entry WHERE state = 'waiting'");
  const waiting = () => Promise.resolve(Number(count.get()?.['waiting']));
  expect(await outcome(waiting, committed)).toEqual({ never: 0, twice: 0 });
  expect(committed.keys.size).toBeGreaterThan(kills(12));
  reader.close();
  await kill(last);
});

describeReal('replicas on one PostgreSQL', ['postgres'], () => {
  it(
    'do each thing once, whenever one is killed, their clocks differ, or the database restarts',
    { timeout },
    async () => {
      const postgres = await startPostgres({ configuration: { synchronous_commit: 'on' } });
      try {
        const settings = postgres.settings({ connections: 4 });
        const committed = new Committed();
        const orders = (round: number): Orders => ({
          url: server.url,
          place: { settings },
          keys: keysOf(round),
          leaseMs: 2000,
          skewMs: [0, 3_600_000, -3_600_000][round % 3] ?? 0,
        });
        let steady = await committed.start(orders(0));
        const rounds = kills(6);
        for (let round = 1; round <= rounds; round += 1) {
          const other = await committed.start(orders(round));
          await delay(random() * 200);
          if (round % 5 === 0) {
            await postgres.kill();
            await postgres.start();
          }
          await kill(steady);
          steady = other;
        }
        const store = createPostgresStore(openWritable(settings));
        const waiting = async () => (await store.counts()).length;
        expect(await outcome(waiting, committed)).toEqual({ never: 0, twice: 0 });
        expect(committed.keys.size).toBeGreaterThan(rounds);
        await store.close();
        await kill(steady);
      } finally {
        await postgres.dispose();
      }
    },
  );
});
