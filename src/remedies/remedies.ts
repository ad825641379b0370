import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Remedies } from '../config/config.ts';
import type { WritableDatabase } from '../databases/writable.ts';
import type { LabelledSample } from '../label-counts.ts';
import type { Logger } from '../log.ts';
import type { OutboundPolicy, SendOutbound } from '../outbound/contract.ts';
import type { Handler, OutboxStore } from '../outbox/contract.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import { formatWithOffset } from '../time.ts';
import type { Instant } from '../time.ts';
import { attemptLine, recordRemedies, remedyLines } from './board.ts';
import type { AttemptLine, BoardInput, RecordRemedy, RemedyLine } from './board.ts';
import type { WishAnswer } from './by-hand.ts';
export type { AttemptLine, RecordRemedy, RelaunchOffer, RemedyLine, WishAnswer };
import { RemedyEngine } from './engine.ts';
import { createHandler } from './handler.ts';
import type { AttemptResult } from './handler.ts';
import { recordKey } from './memory.ts';
import { relaunchOffers, type RelaunchOffer } from './offers.ts';
import { remedySamples } from './metrics.ts';
import type { RemedyCounts } from './metrics.ts';
import { payloadOf } from './result.ts';

export interface RemedyOptions {
  readonly store: OutboxStore;
  /** Those in force; undefined: none. */
  readonly remedies: () => Remedies | undefined;
  readonly tasks: () => Iterable<TaskStatus>;
  readonly maintenance: () => readonly MaintenanceWindow[];
  readonly createSend: (policy: OutboundPolicy) => SendOutbound;
  /** Reads a header from its file. @throws Error */
  readonly secret: (path: string) => Promise<string>;
  /** Of `writable_databases`. @throws Error when there is none of that name. */
  readonly database: (name: string) => WritableDatabase;
  /** Intents were stored: somebody should look for what is due. */
  readonly ordered: () => void;
  readonly log: Logger;
  readonly now: () => Instant;
  /** Of the process: they outlast a configuration. */
  readonly counts: RemedyCounts;
}

/** What is done about a failed record, and what somebody may do; each is absent where there is nothing. */
export interface RecordHelp {
  readonly remedy?: RecordRemedy | undefined;
  readonly relaunch?: RelaunchOffer | undefined;
}

/** A failed record, by the company and the monitor that it is seen at. */
export interface RecordPlace {
  readonly company: string;
  readonly monitor: string;
  readonly record: string;
}

/** What pages and commands see of remedies, and what they may do. */
export interface RemedyBoard {
  /** Every remedy, in the order of the configuration; empty: there are none. */
  lines(): readonly RemedyLine[];
  /** Why nothing is tried at all; '' when that is not so. */
  readonly problem: string;
  /** The last attempts, newest first. */
  attempts(limit: number): Promise<readonly AttemptLine[]>;
  /** What is done about a failed record; undefined: nothing. */
  of(company: string, monitor: string, record: string): RecordRemedy | undefined;
  /** What is done and may be done about the records of a page; those about which nothing is are absent. */
  among(company: string, monitor: string, records: readonly string[]): ReadonlyMap<string, RecordHelp>;
  /** Orders an attempt at once. @param by who wants it. @throws Error when it could not be stored. */
  relaunch(place: RecordPlace, by: string): Promise<WishAnswer>;
  /** @param remedy undefined: all of them. @throws Error when it could not be stored. */
  pause(remedy: string | undefined, by: string): Promise<void>;
  resume(remedy: string | undefined, by: string): Promise<void>;
}

/** Attempts that left nothing behind. */
const unsent: ReadonlySet<string> = new Set<AttemptResult>(['dry_run', 'skipped']);

/** Mends records which failed for a passing reason, by what the configuration orders. */
export class RemedyService implements RemedyBoard {
  readonly handler: Handler;
  readonly #options: RemedyOptions;
  readonly #engine: RemedyEngine;

  constructor(options: RemedyOptions) {
    this.#options = options;
    const { counts } = options;
    const told = (event: Parameters<ConstructorParameters<typeof RemedyEngine>[0]['told']>[0]): void => {
      if (event.type !== 'judged') return;
      const { remedy, worked, record } = event;
      counts.judged(remedy, worked);
      counts.tried(record.company, this.#flowOf(record.monitor), worked ? 'worked' : 'failed');
    };
    this.#engine = new RemedyEngine({ ...options, told });
    this.handler = createHandler({
      ...options,
      orders: this.#engine.orders,
      objection: this.#engine.objection,
      ended: (remedy, { company, action, payload }, result) => {
        counts.attempted(remedy, action, result);
        if (!unsent.has(result))
          counts.tried(company, this.#flowOf(payloadOf(payload)?.monitor ?? ''), 'sent');
        this.#engine.poke();
      },
    });
  }

  get problem(): string {
    return this.#engine.problem;
  }

  /** A reading has come, or a configuration: looks soon. */
  poke(delayMs?: number): void {
    this.#engine.poke(delayMs);
  }

  /** Looks now. */
  look(): Promise<void> {
    return this.#engine.look();
  }

  stop(): Promise<void> {
    return this.#engine.stop();
  }

  lines(): readonly RemedyLine[] {
    const input = this.#input();
    return input === undefined ? [] : remedyLines(input);
  }

  async attempts(limit: number): Promise<readonly AttemptLine[]> {
    const entries = await this.#engine.attempts(limit);
    return entries.map(attemptLine).filter((line) => line !== undefined);
  }

  of(company: string, monitor: string, record: string): RecordRemedy | undefined {
    return this.among(company, monitor, [record]).get(record)?.remedy;
  }

  /** What remedies do about records; those about which they do nothing are absent. */
  doneAbout(company: string, monitor: string, records: readonly string[]): ReadonlyMap<string, RecordRemedy> {
    const help = [...this.among(company, monitor, records)];
    return new Map(help.flatMap(([record, { remedy }]) => (remedy === undefined ? [] : [[record, remedy]])));
  }

  relaunch({ company, monitor, record }: RecordPlace, by: string): Promise<WishAnswer> {
    return this.#engine.relaunch({ key: recordKey(company, monitor, record), by });
  }

  among(company: string, monitor: string, records: readonly string[]): ReadonlyMap<string, RecordHelp> {
    const found = new Map<string, RecordHelp>();
    const input = this.#input();
    if (input === undefined || records.length === 0) return found;
    for (const task of this.#options.tasks()) {
      if (task.monitor.name !== monitor || !task.companies.includes(company)) continue;
      const shown = onlyRecords(task, company, new Set(records));
      const mended = recordRemedies(shown, input);
      const offers = relaunchOffers(shown, input);
      for (const record of records) {
        const key = recordKey(company, monitor, record);
        const help = { remedy: mended.get(key)?.remedy, relaunch: offers.get(key) };
        if (help.remedy !== undefined || help.relaunch !== undefined) found.set(record, help);
      }
      break;
    }
    return found;
  }

  pause(remedy: string | undefined, by: string): Promise<void> {
    return this.#engine.pause(remedy, by);
  }

  resume(remedy: string | undefined, by: string): Promise<void> {
    return this.#engine.resume(remedy, by);
  }

  /** What is exported, as of now; nothing without remedies. @param zones of companies. */
  samples(zones: ReadonlyMap<string, string>): readonly LabelledSample[] {
    const input = this.#input();
    const localTime = (at: Instant, company: string) =>
      formatWithOffset(at, zones.get(company) ?? 'UTC')
        .slice(0, 16)
        .replace('T', ' ');
    return input === undefined
      ? []
      : remedySamples(this.#options.tasks(), this.#options.counts, input, localTime);
  }

  #flowOf(monitor: string): string {
    for (const task of this.#options.tasks()) if (task.monitor.name === monitor) return task.monitor.flow;
    return '';
  }

  #input(): BoardInput | undefined {
    const { remedies: inForce, maintenance, now } = this.#options;
    const remedies = inForce();
    if (remedies === undefined) return undefined;
    const { stored, failed } = this.#engine;
    return {
      now: now(),
      remedies,
      orders: this.#engine.orders(),
      maintenance: maintenance(),
      stored,
      failed,
    };
  }
}

/** A task as if it had read these records alone: of a hundred thousand, a page shows fifty. */
function onlyRecords(task: TaskStatus, company: string, records: ReadonlySet<string>): TaskStatus {
  const { reading } = task;
  if (reading === null) return task;
  const { allRecords, ...rest } = reading;
  const wanted = (entry: { readonly company: string; readonly record: string }) =>
    entry.company === company && records.has(entry.record);
  const all = allRecords?.().filter(wanted);
  return {
    ...task,
    reading: {
      ...rest,
      records: reading.records.filter(wanted),
      ...(all === undefined ? {} : { allRecords: () => all }),
    },
  };
}
