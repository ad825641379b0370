import { remedyFamilies } from '../exporter-families.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import type { Family } from '../monitors/contract.ts';
import type { Instant } from '../time.ts';
import { recordRemedies, remedyLines } from './board.ts';
import type { BoardInput } from './board.ts';
import { remedyStates } from './families.ts';
import type { AttemptResult } from './handler.ts';
import { recordKey } from './memory.ts';

/** One series. */
export interface RemedySample {
  readonly family: Family;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the process counts of remedies. */
export class RemedyCounts {
  readonly #attempts = new Map<string, RemedySample>();

  attempted(remedy: string, action: string, result: AttemptResult): void {
    if (result === 'dry_run') this.#add(remedyFamilies.dryRuns, { remedy, action });
    else this.#add(remedyFamilies.attempts, { remedy, action, result });
  }

  judged(remedy: string, worked: boolean): void {
    this.#add(remedyFamilies.outcomes, { remedy, outcome: worked ? 'worked' : 'failed' });
  }

  get samples(): Iterable<RemedySample> {
    return this.#attempts.values();
  }

  #add(family: Family, labels: RemedySample['labels']): void {
    const key = JSON.stringify([family.name, labels]);
    this.#attempts.set(key, { family, labels, value: (this.#attempts.get(key)?.value ?? 0) + 1 });
  }
}

/** Answers are short; one that is not would make a label of what another system says. */
const mostAnswerCharacters = 20;

/** The listed failed records of a task that a remedy has tried or will try: no more than the series about those records. */
function* recordSamples(
  task: TaskStatus,
  input: BoardInput,
  localTime: (at: Instant, company: string) => string,
): Generator<RemedySample> {
  const listed = new Set(
    task.reading?.records.map(({ company, record }) => recordKey(company, task.monitor.name, record)),
  );
  for (const [key, { failure, remedy }] of recordRemedies(task, input)) {
    if (!listed.has(key)) continue;
    const { company, monitor, record } = failure;
    const labels = { company, monitor, record };
    if (remedy.isAwaited) yield { family: remedyFamilies.awaiting, labels, value: 1 };
    if (remedy.lastAt === null || remedy.isDryRun) continue;
    yield {
      family: remedyFamilies.lastAttempt,
      labels: {
        ...labels,
        tries: String(remedy.tries),
        last: localTime(remedy.lastAt, company),
        answer: remedy.lastAnswer.slice(0, mostAnswerCharacters),
      },
      value: remedy.lastAt / 1000,
    };
  }
}

/** How many records of a task each remedy has tried in vain. */
function exhaustedSamples(task: TaskStatus, input: BoardInput): readonly RemedySample[] {
  const { name: monitor, flow } = task.monitor;
  const found = new Map<string, RemedySample>();
  for (const { failure, remedy } of recordRemedies(task, input).values()) {
    if (remedy.isDryRun || remedy.standing.reason !== 'exhausted') continue;
    const labels = { company: failure.company, flow, monitor, remedy: remedy.remedy };
    const key = JSON.stringify(labels);
    const value = (found.get(key)?.value ?? 0) + 1;
    found.set(key, { family: remedyFamilies.exhausted, labels, value });
  }
  return [...found.values()];
}

/** Every series of remedies, as of now. @param localTime such as `2026-11-23 14:05`, in the company's zone. */
export function remedySamples(
  tasks: Iterable<TaskStatus>,
  counts: RemedyCounts,
  input: BoardInput,
  localTime: (at: Instant, company: string) => string,
): readonly RemedySample[] {
  const states = remedyLines(input).flatMap(({ name, state }) =>
    remedyStates.map((each) => ({
      family: remedyFamilies.state,
      labels: { remedy: name, state: each },
      value: each === state ? 1 : 0,
    })),
  );
  const ofRecords = [...tasks].flatMap((task) => [
    ...recordSamples(task, input, localTime),
    ...exhaustedSamples(task, input),
  ]);
  return [...counts.samples, ...states, ...ofRecords];
}
