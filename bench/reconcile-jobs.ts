import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Cleanup } from './cleanup.ts';
import { makeFolder } from './folders.ts';
import { start } from './programs.ts';

/** One side of a comparison, as text that a process can be sent. */
export interface JobSide {
  readonly port: number;
  readonly database: string;
  /** Returns `record`, the compared columns, and `changed_at`. */
  readonly sql: string;
}

interface BothSides {
  readonly left: JobSide;
  readonly right: JobSide;
  /** Compared beside the key. */
  readonly fields: readonly ('amount' | 'status')[];
}

/** Everything is compared once, part by part. */
export interface ScanJob extends BothSides {
  readonly task: 'scan';
  readonly plan: 'rows' | 'buckets';
  readonly digest: 'postgres' | 'md5';
  /** Milliseconds since 1970: goes along `changed_at` as the business time; absent: along the key. */
  readonly at?: { readonly from: number; readonly to: number };
}

/** One whole run, with what the runs before it left in `stateFile`. */
export interface CycleJob extends BothSides {
  readonly task: 'cycle';
  readonly stateFile: string;
  /** Milliseconds since 1970: what changed since is compared, and nothing else is due. Null: nothing was compared yet. */
  readonly changedFrom: number | null;
}

export type Job = ScanJob | CycleJob;

/** What a job has found and cost. */
export interface Outcome {
  readonly ms: number;
  /** Keys that are not the same; of a cycle those that the ledger holds. */
  readonly mismatches: number;
  /** Rows of the larger side that were read or digested. */
  readonly compared: number;
  /** Parts of a scan. */
  readonly parts: number;
  /** Processor time of the process, ms. */
  readonly cpuMs: number;
  /** Largest resident memory of the process since it started, MB (10^6 bytes). */
  readonly peakMegabytes: number;
}

/** A process that does nothing but compare. */
export interface Worker {
  /** @throws Error when the job fails, or takes longer than `patienceMs`. */
  run(job: Job): Promise<Outcome>;
  stop(): Promise<void>;
}

/** Longest time that a job may take, ms. */
const patienceMs = 240_000;
const source = new URL('reconcile-worker.ts', import.meta.url);

/** @throws Error with what the worker said, or with its last words when it ended. */
function outcomeOf(answer: unknown, lastWords: string): Outcome {
  if (typeof answer !== 'object' || answer === null) throw new Error(`the worker ended: ${lastWords}`);
  if ('error' in answer) throw new Error(`the worker failed: ${String(answer.error)}`);
  return answer as Outcome;
}

/**
 * Writes the worker as JavaScript: to strip types, Node loads a compiler that takes more memory than what is measured.
 *
 * @returns starts a process that uses the modules beside `main`.
 */
export function workerFactory(cleanup: Cleanup, main: string): () => Worker {
  const script = join(makeFolder(cleanup), 'worker.mjs');
  writeFileSync(script, stripTypeScriptTypes(readFileSync(source, 'utf8')));
  const modules = `${pathToFileURL(dirname(main)).href}/`;
  return () => {
    const running = start(cleanup, process.execPath, [script, modules, extname(main)], { ipc: true });
    const { child } = running;
    return {
      async run(job) {
        const over = new AbortController();
        const signal = AbortSignal.any([over.signal, AbortSignal.timeout(patienceMs)]);
        const answered = once(child, 'message', { signal });
        const ended = once(child, 'exit', { signal });
        child.send(job);
        try {
          const [answer] = (await Promise.race([answered, ended])) as unknown[];
          return outcomeOf(answer, running.lastWords());
        } finally {
          over.abort();
          await Promise.allSettled([answered, ended]);
        }
      },
      stop: () => running.stop(),
    };
  };
}
