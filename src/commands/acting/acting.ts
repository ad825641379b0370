import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import { driverOf } from '../../databases/drivers.ts';
import type { OpenWritableDatabase } from '../../databases/writable.ts';
import type { Logger } from '../../log.ts';
import type { MailService } from '../../mails/service.ts';
import type { OutboxMetrics } from '../../metrics/outbox.ts';
import type { Handler, OutboxStore } from '../../outbox/contract.ts';
import { Dispatcher } from '../../outbox/dispatcher.ts';
import { createPostgresStore } from '../../outbox/postgres-store.ts';
import { openSqliteStore } from '../../outbox/sqlite-store.ts';
import { Upkeep } from '../../outbox/upkeep.ts';
import { WatchedStore } from '../../outbox/watched-store.ts';
import { renderActing } from '../../metrics/acting.ts';
import { RemedyCounts } from '../../remedies/metrics.ts';
import type { RemedyService } from '../../remedies/remedies.ts';
import type { ActingPart, MakePart } from './part.ts';
import { makeMails } from './mails.ts';
import { makeRemedies } from './remedies.ts';
import { makeTickets } from './tickets.ts';
import type { TicketService } from './ticket-service.ts';
import type { SnapshotStore } from '../../poll/snapshot.ts';
import type { Instant } from '../../time.ts';

/** The list of parts: tickets, remedies and mails. */
const productParts: readonly MakePart[] = [makeTickets, makeRemedies, makeMails];

/** How long parts may take to end. */
const partStopMs = 2000;

export interface ActingOptions {
  readonly snapshot: SnapshotStore;
  readonly metrics: OutboxMetrics;
  readonly log: Logger;
  readonly now: () => Instant;
  readonly random: () => number;
  /** Absent: those of the product. */
  readonly parts?: readonly MakePart[];
}

/** An outbox that is open, and what works on it. */
interface OpenOutbox {
  /** Settings that make it another one. */
  readonly place: string;
  readonly store: WatchedStore;
  readonly dispatcher: Dispatcher;
  readonly upkeep: Upkeep;
}

/** What a configuration needs, made and not in force yet. */
export interface PreparedActing {
  readonly outbox: OpenOutbox | undefined;
  readonly parts: readonly ActingPart[];
}

/** All that acts on other systems: the outbox, and the parts of the configuration in force. */
export class Acting {
  readonly #options: ActingOptions;
  readonly #drivers = new Map<string, OpenWritableDatabase>();
  #inForce: PreparedActing = { outbox: undefined, parts: [] };
  #handlers: ReadonlyMap<string, Handler> = new Map();
  readonly #remedyCounts = new RemedyCounts();

  constructor(options: ActingOptions) {
    this.#options = options;
    options.metrics.watch(() => this.#inForce.outbox?.store.isUp);
  }

  /** Undefined when the configuration in force has no tickets, remedies and mails. */
  get store(): OutboxStore | undefined {
    return this.#inForce.outbox?.store;
  }

  /** What mends records; undefined: nothing does. */
  get remedies(): RemedyService | undefined {
    return this.#inForce.parts.find((part) => part.remedies !== undefined)?.remedies;
  }

  /** What makes tickets; undefined: nothing does. */
  get tickets(): TicketService | undefined {
    return this.#inForce.parts.find((part) => part.tickets !== undefined)?.tickets;
  }

  /** What sends reports and signs of life; undefined: nothing does. */
  get mails(): MailService | undefined {
    return this.#inForce.parts.find((part) => part.mails !== undefined)?.mails;
  }

  /** What the process exports about itself, and of tickets and remedies, as of now. */
  async withOwn(own: () => Promise<string>): Promise<string> {
    const { environment, companies } = this.#options.snapshot;
    const zones = new Map(companies.map(({ name, timezone }) => [name, timezone]));
    const samples = [
      ...(this.tickets?.bridge.samples() ?? []),
      ...(this.remedies?.samples(zones) ?? []),
      ...(this.mails?.samples() ?? []),
    ];
    return (await own()) + renderActing(samples, environment);
  }

  /** Loads what a configuration needs. @throws Error when that fails. */
  async load({ stateDatabase }: Config): Promise<void> {
    if (stateDatabase === undefined || this.#drivers.has(stateDatabase.driver)) return;
    const loaded = await driverOf(stateDatabase.driver).loadWritable?.();
    if (loaded !== undefined) this.#drivers.set(stateDatabase.driver, loaded.openWritable);
  }

  /** Opens what a configuration needs, after `load`; nothing is in force yet. @throws Error when something cannot be opened. */
  prepare(config: Config): PreparedActing {
    if ([config.tickets, config.remedies, config.mails].every((part) => part === undefined))
      return { outbox: undefined, parts: [] };
    const outbox = this.#open(config);
    const { snapshot, log, now, parts = productParts } = this.#options;
    try {
      const made = parts.map((make) =>
        make({
          ...{ config, store: outbox.store, snapshot, log, now },
          remedyCounts: this.#remedyCounts,
          remediesOf: (...of) => this.remedies?.doneAbout(...of) ?? new Map(),
          ticketsBefore: this.tickets,
        }),
      );
      return { outbox, parts: made.filter((part) => part !== undefined) };
    } catch (error) {
      this.abandon({ outbox, parts: [] });
      throw error;
    }
  }

  /** Closes what was prepared and will not be put in force. */
  abandon({ outbox }: PreparedActing): void {
    if (outbox === undefined || outbox === this.#inForce.outbox) return;
    outbox.store.close().catch((error: unknown) => {
      this.#options.log.error('outbox not closed', { problem: String(error) });
    });
  }

  /** Puts in force what was prepared, at once. Resolves when what was in force before has ended. */
  async apply(prepared: PreparedActing): Promise<void> {
    const before = this.#inForce;
    this.#inForce = prepared;
    this.#handlers = new Map(prepared.parts.flatMap(({ handlers }) => [...handlers]));
    const { outbox } = prepared;
    const isNew = outbox !== before.outbox;
    if (isNew) {
      before.outbox?.upkeep.stop();
      this.#options.metrics.counted([]);
      outbox?.dispatcher.start();
      outbox?.upkeep.start();
    }
    const ended = this.#end(before.parts);
    for (const part of prepared.parts) part.start?.();
    outbox?.dispatcher.poke();
    await ended;
    if (isNew) await this.#close(before.outbox);
  }

  /** Ends attempts, and closes the store. Resolves within 4 s. */
  stop(): Promise<void> {
    return this.apply({ outbox: undefined, parts: [] });
  }

  /** Ends parts. One that fails or takes too long must not keep the store open. */
  async #end(parts: readonly ActingPart[]): Promise<void> {
    const ended = Promise.allSettled(parts.map(async (part) => part.stop?.()));
    const results = await Promise.race([ended, setTimeout(partStopMs, [], { ref: false })]);
    for (const result of results)
      if (result.status === 'rejected')
        this.#options.log.error('acting parts not ended', { problem: String(result.reason) });
  }

  async #close(outbox: OpenOutbox | undefined): Promise<void> {
    await outbox?.dispatcher.stop();
    await outbox?.store.close();
  }

  /** The outbox in force when it is of the same place, else a new one. */
  #open(config: Config): OpenOutbox {
    const place = JSON.stringify(config.stateDatabase ?? config.stateFile);
    const current = this.#inForce.outbox;
    if (current?.place === place) return current;
    const { log, now, random, metrics } = this.#options;
    const store = new WatchedStore({
      store: this.#storeOf(config),
      log,
      onStored: () => dispatcher.poke(),
    });
    const dispatcher = new Dispatcher({
      ...{ store, log, now, random },
      handlers: () => this.#handlers,
      owner: randomUUID(),
      events: metrics,
    });
    const kinds = () => this.#handlers.keys();
    const upkeep = new Upkeep({ store, kinds, onCounts: (counts) => metrics.counted(counts), log, now });
    return { place, store, dispatcher, upkeep };
  }

  #storeOf({ stateDatabase, stateFile }: Config): OutboxStore {
    if (stateDatabase === undefined)
      return openSqliteStore(stateFile, { leaseClock: () => performance.now() });
    const open = this.#drivers.get(stateDatabase.driver);
    if (open === undefined)
      throw new Error(`driver ${stateDatabase.driver} was not loaded for state_database`);
    return createPostgresStore(open(stateDatabase));
  }
}
