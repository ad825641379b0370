import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Family } from '../monitors/contract.ts';
import type { Snapshot, SnapshotListener } from '../poll/snapshot.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import type { Instant } from '../time.ts';
import { header, renderLive, renderOthers, renderTask } from './exposition.ts';

const compress = promisify(gzip);

/** One scrape's answer: ready to be sent. */
export interface Body {
  readonly plain: Buffer;
  readonly gzipped: () => Promise<Buffer>;
}

interface FamilyLines {
  readonly family: Family;
  readonly header: Buffer;
  readonly byTask: Map<string, Buffer>;
}

/**
 * Makes the body of `/metrics`. A task's lines are rendered when its reading arrives; a scrape joins what is ready.
 * Scrapes within the same second of the clock and with the same readings share one body.
 */
export class MetricsBody implements SnapshotListener {
  readonly #ownMetrics: () => Promise<string>;
  readonly #now: () => Instant;
  #snapshot: Snapshot | undefined;
  /** family → task key → lines: what a scrape joins, already in its order. */
  readonly #lines = new Map<string, FamilyLines>();
  readonly #familiesOfTask = new Map<string, readonly string[]>();
  #joined: Buffer | undefined;
  #others: string | undefined;
  #current: { readonly second: number; readonly body: Promise<Body> } | undefined;

  /** @param ownMetrics what the process counts about itself, in the text format. */
  constructor(options: { ownMetrics: () => Promise<string>; now: () => Instant }) {
    this.#ownMetrics = options.ownMetrics;
    this.#now = options.now;
  }

  /** Binds the snapshot that this body shows; before that it shows the process's own metrics alone. */
  show(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
  }

  taskChanged(task: TaskStatus): void {
    const { companies = [], environment = '' } = this.#snapshot ?? {};
    const languages = new Map(companies.map(({ name, language }) => [name, language]));
    const fragment = renderTask(task, (company) => languages.get(company) ?? '', environment);
    const names: string[] = [];
    const previous = new Set(this.#familiesOfTask.get(task.key));
    for (const [family, text] of fragment) {
      this.#entry(family).byTask.set(task.key, Buffer.from(text));
      names.push(family.name);
      previous.delete(family.name);
    }
    for (const name of previous) this.#lines.get(name)?.byTask.delete(task.key);
    this.#familiesOfTask.set(task.key, names);
    this.#forget();
  }

  taskRemoved(key: string): void {
    for (const name of this.#familiesOfTask.get(key) ?? []) this.#lines.get(name)?.byTask.delete(key);
    this.#familiesOfTask.delete(key);
    this.#forget();
  }

  othersChanged(): void {
    this.#others = undefined;
    this.#current = undefined;
  }

  /** The body as of now. */
  get(): Promise<Body> {
    const now = this.#now();
    const second = Math.floor(now / 1000);
    if (this.#current?.second !== second) this.#current = { second, body: this.#make(now) };
    return this.#current.body;
  }

  #entry(family: Family): FamilyLines {
    const known = this.#lines.get(family.name);
    if (known?.family === family) return known;
    // A reload may bring another help text for a metric of the user's own.
    const entry = {
      family,
      header: Buffer.from(header(family)),
      byTask: known?.byTask ?? new Map<string, Buffer>(),
    };
    this.#lines.set(family.name, entry);
    return entry;
  }

  #forget(): void {
    this.#joined = undefined;
    this.#current = undefined;
  }

  #join(): Buffer {
    const parts: Buffer[] = [];
    for (const [name, { header: head, byTask }] of this.#lines) {
      if (byTask.size === 0) this.#lines.delete(name);
      else parts.push(head, ...byTask.values());
    }
    return Buffer.concat(parts);
  }

  #moving({ databases, companies, knownErrors, tasks, maintenance, environment }: Snapshot, now: Instant) {
    this.#others ??= renderOthers({ databases: databases.values(), companies, knownErrors, environment });
    return this.#others + renderLive({ tasks: tasks.values(), maintenance, environment }, now);
  }

  async #make(now: Instant): Promise<Body> {
    this.#joined ??= this.#join();
    const moving = this.#snapshot === undefined ? '' : this.#moving(this.#snapshot, now);
    const plain = Buffer.concat([this.#joined, Buffer.from(moving + (await this.#ownMetrics()))]);
    let gzipped: Promise<Buffer> | undefined;
    return { plain, gzipped: () => (gzipped ??= compress(plain, { level: constants.Z_BEST_SPEED })) };
  }
}
