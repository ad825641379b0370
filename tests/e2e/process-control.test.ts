import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The same few each time; as many as `TEST_STOP_ROUNDS` says, others each time: a failure prints its seed. */
const wanted = process.env['TEST_STOP_ROUNDS'];
const runs = wanted === undefined ? { numRuns: 8, seed: 7 } : { numRuns: Number(wanted) };
const roundMs = 20_000;
/** A process that gets no processor for longer than this cannot end in time: its round is played once more. */
const tolerableMs = 1000;
const attempts = 2;

/** What the configuration file holds at one moment of a round. */
const files = ['slow', 'other', 'broken', 'no state file'] as const;
type File = (typeof files)[number];

/** What a process says of a file with which it cannot start, `broken` or `no state file`. */
const refusal =
  /erp-exporter\.yml:\d+:\d+: a \] is missing|the state file \/nonexistent\/x\.db cannot be used/;

/** Each statement takes longer than any round; `other` leaves nothing as it was: database, monitor, state file. */
function yaml(file: File): string {
  if (file === 'broken') return 'monitors: [';
  const name = file === 'other' ? 'other' : 'slow';
  return `
state_file: ${file === 'no state file' ? '/nonexistent/x.db' : file === 'other' ? 'other.db' : 'state.db'}
databases:
  ${name}: { driver: postgres, url: "\${SHOP_URL}" }
monitors:
  - name: ${name}_first
    kind: query
    flow: stock
    database: ${name}
    every: 1s
    timeout: 60s
    query: SELECT 1 AS n, pg_sleep(600)
    metrics: [{ name: first_items, help: Items., type: gauge, value: n }]
  - name: ${name}_second
    kind: records
    flow: orders
    database: ${name}
    every: 1s
    timeout: 2s
    failed: SELECT 'a' AS record, now() AS since, pg_sleep(0.4)::text AS error
`;
}

const step = fc.oneof(
  { arbitrary: fc.constantFrom('SIGHUP', 'POST').map((act) => ({ act, file: undefined })), weight: 4 },
  { arbitrary: fc.constantFrom(...files).map((file) => ({ act: 'write', file })), weight: 2 },
  { arbitrary: fc.constantFrom('SIGTERM', 'SIGINT').map((act) => ({ act, file: undefined })), weight: 1 },
);
type Step = { readonly act: string; readonly file: File | undefined };
const pause = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 30, max: 900 }));

const endSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'erp-exporter'`;

/** What happens to one process: steps, each after its pause, then the signal that ends it if none has yet. */
const round = fc.record({
  /** From the first moment that it listens, or from its very start. */
  early: fc.boolean(),
  steps: fc.array(fc.tuple(pause, step), { maxLength: 8 }),
  last: fc.tuple(pause, fc.constantFrom<NodeJS.Signals>('SIGTERM', 'SIGINT')),
});

type Round = typeof round extends fc.Arbitrary<infer Value> ? Value : never;

/** How a process came to its end. */
interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the built program, and everything that it wrote. */
class Subject {
  readonly ended: Promise<End>;
  readonly listening: Promise<string>;
  /** When the first signal was sent that ends it. */
  toldAt: number | undefined;
  output = '';
  /** How long it has waited for a processor since then. */
  starvedMs = 0;
  readonly #child;
  readonly #folder = mkdtempSync(join(tmpdir(), 'erp-control-'));

  constructor(url: string) {
    this.write('slow');
    const file = join(this.#folder, 'erp-exporter.yml');
    const flags = [`--config.file=${file}`, '--web.listen-address=127.0.0.1:0', '--web.enable-lifecycle'];
    const child = spawn(process.execPath, [program, 'serve', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SHOP_URL: url },
    });
    this.#child = child;
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
    this.listening = new Promise((resolve) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          this.output += text;
          const listens = /msg=listening urls=(\S+)/.exec(this.output)?.[1];
          if (listens !== undefined) resolve(listens);
        });
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Whether it has refused to start, or does so within a second. */
  async hasRefused(): Promise<boolean> {
    const ended = await Promise.race([this.ended, delay(1000)]);
    return ended?.code === 1 && refusal.test(this.output);
  }

  write(file: File): void {
    writeFileSync(join(this.#folder, 'erp-exporter.yml'), yaml(file));
  }

  /** How long it waited for a processor so far, in ms (proc_pid_schedstat(5)); 0 where the system does not say. */
  #starvedMs(): number {
    try {
      const [, waiting = '0'] = readFileSync(`/proc/${this.#child.pid ?? 0}/schedstat`, 'utf8').split(' ');
      return Number(waiting) / 1e6;
    } catch {
      return 0;
    }
  }

  signal(name: NodeJS.Signals): void {
    if (name !== 'SIGHUP' && this.toldAt === undefined) {
      this.toldAt = performance.now();
      const before = this.#starvedMs();
      const watch = setInterval(() => {
        this.starvedMs = Math.max(this.starvedMs, this.#starvedMs() - before);
      }, 50);
      void this.ended.then(() => clearInterval(watch));
    }
    this.#child.kill(name);
  }

  async dispose(): Promise<void> {
    if (!this.hasEnded) this.#child.kill('SIGKILL');
    await this.ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Asks for a reload and does not wait: the answer, or that there is none any more, comes in its own time. */
async function post(subject: Subject): Promise<number | undefined> {
  const url = await Promise.race([subject.listening, subject.ended.then(() => undefined)]);
  if (url === undefined) return undefined;
  try {
    const answer = await fetch(`${url}/-/reload`, { method: 'POST', signal: AbortSignal.timeout(roundMs) });
    return answer.status;
  } catch (error) {
    // A process that has been told to end, or that cannot start, takes no more requests.
    if (subject.toldAt === undefined && !(await subject.hasRefused())) throw error;
    return undefined;
  }
}

/** Does what a step says. @returns the status of the answer to a request, if it is one and is answered. */
async function take(subject: Subject, { act, file }: Step): Promise<number | undefined> {
  if (file !== undefined) subject.write(file);
  else if (act === 'POST') return await post(subject);
  else subject.signal(act as NodeJS.Signals);
  return undefined;
}

describeReal('the end of a process, against a real PostgreSQL', ['postgres'], () => {
  let server: PostgresServer;
  let url: string;

  beforeAll(async () => {
    server = await startPostgres();
    const { user, password, database } = server.settings();
    url = `postgres://${user ?? ''}:${password ?? ''}@127.0.0.1:${server.port}/${database ?? 'postgres'}`;
  });
  afterAll(() => server.dispose());

  let tooBusy = 0;

  const statements = () =>
    server.admin(
      `SELECT pid, state, query FROM pg_stat_activity
       WHERE application_name = 'erp-exporter' AND state <> 'idle' ORDER BY pid`,
    );

  /** Plays a round, again where the machine was too busy to say anything of how it ends. */
  async function play(each: Round): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) if (await playOnce(each)) return;
    tooBusy += 1;
  }

  /** @returns whether it says anything. */
  async function playOnce({ early, steps, last: [lastPause, last] }: Round): Promise<boolean> {
    const subject = new Subject(url);
    try {
      const answers: Promise<number | undefined>[] = [];
      if (!early) await subject.listening;
      for (const [ms, each] of steps) {
        await delay(ms);
        if (subject.hasEnded) break;
        answers.push(take(subject, each));
      }
      await delay(subject.toldAt === undefined ? lastPause : 0);
      if (!subject.hasEnded) subject.signal(last);
      const { code, signal } = await subject.ended;
      // Before the program has begun there is nobody yet to take a signal, SIGHUP included.
      if (signal !== null && early && subject.output === '') return true;
      expect(subject.output).not.toMatch(/unhandled|uncaught|reason=internal/i);
      // What was written before the program had read its file is what it starts with, or refuses to.
      if (early && (await subject.hasRefused())) return true;
      const endedMs = performance.now() - (subject.toldAt ?? 0) - subject.starvedMs;
      expect(endedMs, subject.output).toBeLessThan(5000);
      if (subject.starvedMs > tolerableMs) {
        // It may have killed itself, as it does after 4 s.
        await server.admin(endSessions);
        return false;
      }
      expect([code, signal], subject.output).toEqual([0, null]);
      for (const status of await Promise.all(answers)) expect([200, 400, undefined]).toContain(status);
      await expect.poll(statements, { timeout: 2000 }).toEqual([]);
      return true;
    } finally {
      await subject.dispose();
    }
  }

  it(
    'is within 5 s, with exit code 0 and no statement left, whatever comes together',
    { timeout: runs.numRuns * attempts * roundMs },
    async () => {
      await fc.assert(fc.asyncProperty(round, play), { ...runs, endOnFailure: true, verbose: true });
      if (tooBusy > 0)
        process.stderr.write(`${tooBusy} of ${runs.numRuns} rounds say nothing: too busy a machine\n`);
    },
  );

  it('keeps its exit code when more signals come until the last moment', { timeout: 60_000 }, async () => {
    for (let index = 0; index < 5; index += 1) {
      const subject = new Subject(url);
      await subject.listening;
      while (!subject.hasEnded) {
        subject.signal('SIGINT');
        await delay(0);
      }
      expect(await subject.ended, subject.output).toEqual({ code: 0, signal: null });
      await subject.dispose();
    }
  });
});
