import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Cleanup } from './cleanup.ts';
import { makeFolder } from './folders.ts';
import { start } from './programs.ts';

/** One side of a comparison, in a form that can be sent to another process. */
export interface JobSide {
  readonly port: number;
  readonly database: string;
  /** Returns `record`, the compared columns, and `changed_at`. */
  readonly sql: string;
}

interface BothSides {
  readonly left: JobSide;
  readonly right: JobSide;
  /** Compared in addition to the key. */
  readonly fields: readonly ('amount' | 'status')[];
}

/** Compares everything once, part by part. */
export interface ScanJob extends BothSides {
  readonly task: 'scan';
  readonly plan: 'rows' | 'buckets';
  readonly digest: 'native:hashtextextended' | 'md5';
  /** Range of `changed_at`, in milliseconds since 1970, if parts are formed by time; absent: by key. */
  readonly at?: { readonly from: number; readonly to: number };
}

/** One whole run, with the state of previous runs in `stateFile`. */
export interface CycleJob extends BothSides {
  readonly task: 'cycle';
  readonly stateFile: string;
  /** In milliseconds since 1970: only rows that changed since are compared. Null: nothing has been compared yet. */
  readonly changedFrom: number | null;
}

export type Job = ScanJob | CycleJob;

/** Result and cost of a job. */
export interface Outcome {
  readonly ms: number;
  /** Number of mismatched keys; for a cycle, of those that it stored. */
  readonly mismatches: number;
  /** Rows of the larger side that were read or digested. */
  readonly compared: number;
  /** Parts of a scan. */
  readonly parts: number;
  /** Processor time of the process, in milliseconds. */
  readonly cpuMs: number;
  /** Largest resident memory of the process since its start, in MB (10^6 bytes). */
  readonly peakMegabytes: number;
}

/** A process that only compares. */
export interface Worker {
  /** @throws Error when the job fails, or takes longer than `jobTimeoutMs`. */
  run(job: Job): Promise<Outcome>;
  stop(): Promise<void>;
}

/** Time limit of a job, in milliseconds. */
const jobTimeoutMs = 240_000;
const source = new URL('reconcile-worker.ts', import.meta.url);

/** @throws Error with the worker's error, or with the end of its stderr when it ended. */
function outcomeOf(answer: unknown, errorOutput: string): Outcome {
  if (typeof answer !== 'object' || answer === null) throw new Error(`the worker ended: ${errorOutput}`);
  if ('error' in answer) throw new Error(`the worker failed: ${String(answer.error)}`);
  return answer as Outcome;
}

/**
 * Writes the worker as JavaScript, because to strip types Node.js loads a compiler that takes more memory than the worker.
 *
 * @returns a function that starts a worker, which uses the modules in the directory of `main`.
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
        const signal = AbortSignal.any([over.signal, AbortSignal.timeout(jobTimeoutMs)]);
        const answered = once(child, 'message', { signal });
        const ended = once(child, 'exit', { signal });
        child.send(job);
        try {
          const [answer] = (await Promise.race([answered, ended])) as unknown[];
          return outcomeOf(answer, running.lastErrorOutput());
        } finally {
          over.abort();
          await Promise.allSettled([answered, ended]);
        }
      },
      stop: () => running.stop(),
    };
  };
}
