import type { Cleanup } from './cleanup.ts';
import type { Goal } from './goals.ts';
import type { ProgramName } from './programs.ts';

/** What a benchmark is given. */
export interface BenchContext {
  readonly cleanup: Cleanup;
  /** The file of the exporter that Node runs. */
  readonly main: string;
  /** How often what can be repeated is repeated. */
  readonly rounds: number;
  /** Length of one measurement under load, s. */
  readonly seconds: number;
  /** Length of a measurement without load, s. */
  readonly watchSeconds: number;
  /** Rows a side of the tables that are compared, ascending. */
  readonly rows: readonly number[];
  /** Says what happens, for whoever waits. */
  readonly say: (line: string) => void;
}

/** What a benchmark found. `details` is Markdown. */
export interface BenchResult {
  readonly goals: readonly Goal[];
  readonly details: string;
}

export interface Bench {
  readonly title: string;
  /** How it is measured, a paragraph or more of Markdown. */
  readonly method: string;
  readonly programs: readonly ProgramName[];
  run(context: BenchContext): Promise<BenchResult>;
}
