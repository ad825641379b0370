import type { Cleanup } from './cleanup.ts';
import type { Goal } from './goals.ts';
import type { ProgramName } from './programs.ts';

/** Settings of a benchmark run. */
export interface BenchContext {
  readonly cleanup: Cleanup;
  /** Path of the exporter's main.js. */
  readonly main: string;
  /** How often each measurement is repeated. */
  readonly rounds: number;
  /** Duration of one measurement under load, in seconds. */
  readonly seconds: number;
  /** Duration of a measurement without load, in seconds. */
  readonly watchSeconds: number;
  /** Rows per side of the tables that are compared, ascending. */
  readonly rows: readonly number[];
  /** Reports progress. */
  readonly say: (line: string) => void;
}

/** Result of a benchmark. `details` is Markdown. */
export interface BenchResult {
  readonly goals: readonly Goal[];
  readonly details: string;
}

export interface Bench {
  readonly title: string;
  /** How it is measured: one or more paragraphs of Markdown. */
  readonly method: string;
  readonly programs: readonly ProgramName[];
  run(context: BenchContext): Promise<BenchResult>;
}
