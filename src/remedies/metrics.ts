import { remedyFamilies } from '../exporter-families.ts';
import { Begun, LabelCounts, type LabelledSample } from '../label-counts.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import type { Instant } from '../time.ts';
import { recordRemedies, remedyLines } from './board.ts';
import type { BoardInput } from './board.ts';
import { remedyStates } from './families.ts';
import type { AttemptResult } from './handler.ts';

/** What comes of tries, as a company sees it. */
const tryResults = ['sent', 'worked', 'failed'] as const;
type TryResult = (typeof tryResults)[number];

/** What the process counts of remedies. */
export class RemedyCounts {
  readonly #counts = new LabelCounts();
  readonly #begun = new Begun();

  attempted(remedy: string, action: string, result: AttemptResult): void {
    if (result === 'dry_run') this.#counts.add(remedyFamilies.dryRuns, { remedy, action });
    else this.#counts.add(remedyFamilies.attempts, { remedy, action, result });
  }

  judged(remedy: string, worked: boolean): void {
    this.#counts.add(remedyFamilies.outcomes, { remedy, outcome: worked ? 'worked' : 'failed' });
  }

  /** An attempt has been sent, or judged. @param flow of the record's monitor. */
  tried(company: string, flow: string, result: TryResult): void {
    this.#counts.add(remedyFamilies.tries, { company, flow, result });
  }

  /** Counts tries from 0 for every flow that has remedies, so that the first of each is seen as one. */
  declareTries({ monitor, companies }: TaskStatus, { remedies }: BoardInput): void {
    const fresh = companies.filter((company) => this.#begun.isNew(monitor, company));
    if (fresh.length === 0) return;
    const here = remedies.remedies.filter(
      ({ isDryRun, monitors }) => !isDryRun && (monitors === 'all' || monitors.has(monitor.name)),
    );
    for (const company of fresh) {
      if (!here.some((remedy) => remedy.companies === 'all' || remedy.companies.has(company))) continue;
      for (const result of tryResults)
        this.#counts.declare(remedyFamilies.tries, { company, flow: monitor.flow, result });
    }
  }

  samples(): readonly LabelledSample[] {
    return this.#counts.samples();
  }
}

/** Answers are short; one that is not would make a label of what another system says. */
const mostAnswerCharacters = 20;

type Mended = ReturnType<typeof recordRemedies>;

/** The listed failed records of a task that a remedy has tried or will try: no more than the series about those records. */
function* recordSamples(
  task: TaskStatus,
  mended: Mended,
  localTime: (at: Instant, company: string) => string,
): Generator<LabelledSample> {
  const nameOf = (entry: { readonly company: string; readonly record: string }): string =>
    JSON.stringify([entry.company, entry.record]);
  const listed = new Set(task.reading?.records.map(nameOf));
  for (const { failure, remedy } of mended.values()) {
    if (!listed.has(nameOf(failure))) continue;
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
function exhaustedSamples({ monitor }: TaskStatus, mended: Mended): readonly LabelledSample[] {
  const counts = new LabelCounts();
  for (const { failure, remedy } of mended.values()) {
    if (remedy.isDryRun || remedy.standing.reason !== 'exhausted') continue;
    const { company } = failure;
    const labels = { company, flow: monitor.flow, monitor: monitor.name, remedy: remedy.remedy };
    counts.add(remedyFamilies.exhausted, labels);
  }
  return counts.samples();
}

/** Every series of remedies, as of now. @param localTime such as `2026-11-23 14:05`, in the company's zone. */
export function remedySamples(
  tasks: Iterable<TaskStatus>,
  counts: RemedyCounts,
  input: BoardInput,
  localTime: (at: Instant, company: string) => string,
): readonly LabelledSample[] {
  const states = remedyLines(input).flatMap(({ name, state }) =>
    remedyStates.map((each) => ({
      family: remedyFamilies.state,
      labels: { remedy: name, state: each },
      value: each === state ? 1 : 0,
    })),
  );
  const ofRecords = [...tasks].flatMap((task) => {
    const mended = recordRemedies(task, input);
    counts.declareTries(task, input);
    return [...recordSamples(task, mended, localTime), ...exhaustedSamples(task, mended)];
  });
  return [...counts.samples(), ...states, ...ofRecords];
}
