import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Family } from '../monitors/contract.ts';
import type { Snapshot, SnapshotListener, UnitStatus } from '../poll/snapshot.ts';
import type { Instant } from '../time.ts';
import { header, renderLive, renderOthers, renderUnit } from './exposition.ts';

const compress = promisify(gzip);

/** One scrape's answer: ready to be sent. */
export interface Body {
  readonly plain: Buffer;
  readonly gzipped: () => Promise<Buffer>;
}

interface FamilyLines {
  readonly family: Family;
  readonly header: Buffer;
  readonly byUnit: Map<string, Buffer>;
}

/**
 * Makes the body of `/metrics`. A unit's lines are rendered when its reading arrives; a scrape joins what is ready.
 * Scrapes within the same second of the clock and with the same readings share one body.
 */
export class MetricsBody implements SnapshotListener {
  readonly #ownMetrics: () => Promise<string>;
  readonly #now: () => Instant;
  #snapshot: Snapshot | undefined;
  /** family → unit key → lines: what a scrape joins, already in its order. */
  readonly #lines = new Map<string, FamilyLines>();
  readonly #familiesOfUnit = new Map<string, readonly string[]>();
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

  unitChanged(unit: UnitStatus): void {
    const languages = new Map(this.#snapshot?.companies.map(({ name, language }) => [name, language]));
    const fragment = renderUnit(unit, (company) => languages.get(company) ?? '');
    const names: string[] = [];
    const previous = new Set(this.#familiesOfUnit.get(unit.key));
    for (const [family, text] of fragment) {
      this.#entry(family).byUnit.set(unit.key, Buffer.from(text));
      names.push(family.name);
      previous.delete(family.name);
    }
    for (const name of previous) this.#lines.get(name)?.byUnit.delete(unit.key);
    this.#familiesOfUnit.set(unit.key, names);
    this.#forget();
  }

  unitRemoved(key: string): void {
    for (const name of this.#familiesOfUnit.get(key) ?? []) this.#lines.get(name)?.byUnit.delete(key);
    this.#familiesOfUnit.delete(key);
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
      byUnit: known?.byUnit ?? new Map<string, Buffer>(),
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
    for (const [name, { header: head, byUnit }] of this.#lines) {
      if (byUnit.size === 0) this.#lines.delete(name);
      else parts.push(head, ...byUnit.values());
    }
    return Buffer.concat(parts);
  }

  async #make(now: Instant): Promise<Body> {
    this.#joined ??= this.#join();
    const snapshot = this.#snapshot;
    const moving =
      snapshot === undefined
        ? ''
        : (this.#others ??= renderOthers(
            snapshot.databases.values(),
            snapshot.companies,
            snapshot.knownErrors,
          )) + renderLive(snapshot.units.values(), snapshot.maintenance, now);
    const plain = Buffer.concat([this.#joined, Buffer.from(moving + (await this.#ownMetrics()))]);
    let gzipped: Promise<Buffer> | undefined;
    return { plain, gzipped: () => (gzipped ??= compress(plain, { level: constants.Z_BEST_SPEED })) };
  }
}
