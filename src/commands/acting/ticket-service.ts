import { setTimeout } from 'node:timers/promises';
import type { Config, TrackerSettings } from '../../config/config.ts';
import type { Language } from '../../known-errors/catalogue.ts';
import { createSend } from '../../outbound/send.ts';
import type { OutboxStore } from '../../outbox/contract.ts';
import { createTranslators } from '../../texts/translator.ts';
import type { Translator } from '../../texts/translator.ts';
import { BuiltinTracker } from '../../tickets/builtin/tracker.ts';
import { TrackerError } from '../../tickets/contract.ts';
import type { Tracker, TrackerKind } from '../../tickets/contract.ts';
import type { TicketDesk } from '../../tickets/desk.ts';
import type { RemediesOf } from '../../tickets/records.ts';
import { TicketBridge } from '../../tickets/tickets.ts';
import { trackerKinds } from '../../tickets/trackers.ts';
import type { Logger } from '../../log.ts';
import type { SnapshotStore } from '../../poll/snapshot.ts';
import { AlertmanagerApi } from '../../notifications/alertmanager-api.ts';
import { dayMs } from '../../time.ts';
import type { Instant } from '../../time.ts';
import { secretOf } from './secret.ts';

/** How often every ticket is looked at. */
const lookEveryMs = 30_000;
/** How often what is too old is removed. */
const pruneEveryMs = dayMs;
/** An answer of a tracker: a list of its tickets. */
const mostBytes = 8 * 1024 * 1024;
const mostStopMs = 1_000;

async function secretForTracker(path: string): Promise<string> {
  try {
    return await secretOf(path);
  } catch (error) {
    throw new TrackerError('login', error instanceof Error ? error.message : String(error));
  }
}

/** Opens a tracker on another system; undefined for one of no such type. */
function openTracker(
  { type, url: address, settings, ...policy }: TrackerSettings,
  kinds: readonly TrackerKind[],
): Tracker | undefined {
  const kind = kinds.find((candidate) => candidate.type === type);
  const url = new URL(address);
  const { allowsPrivate, timeoutMs, ca } = policy;
  const send = createSend({
    hosts: new Set([url.host]),
    allowsPrivate,
    timeoutMs,
    mostBytes,
    ...(ca === undefined ? {} : { ca }),
  });
  return kind?.open(settings as never, url, { send, secret: secretForTracker });
}

/** Asks the Alertmanager of a configuration. */
async function askAlertmanager(address: string | undefined, path: string): Promise<string> {
  if (address === undefined) throw new Error('no alertmanager_url is configured');
  return new AlertmanagerApi(new URL(address)).ask(path, { method: 'GET' });
}

/** What tickets are made of. */
interface TicketTools {
  readonly config: Config;
  readonly store: OutboxStore;
  readonly snapshot: SnapshotStore;
  readonly remediesOf: RemediesOf;
  readonly log: Logger;
  readonly now: () => Instant;
}

/** Tickets of one store: what they know outlives a reload, since it takes time to know it again. */
export class TicketService {
  readonly store: OutboxStore;
  readonly bridge: TicketBridge;
  readonly #builtin: BuiltinTracker;
  readonly #translators: ReadonlyMap<string, Translator> = createTranslators();
  #config: Config;
  #trackers: ReadonlyMap<string, Tracker> = new Map();
  #looks: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #prunedAt = -Infinity;
  readonly #tools: TicketTools;

  constructor(tools: TicketTools) {
    const { config, store, snapshot, remediesOf, log, now } = tools;
    this.#tools = tools;
    this.store = store;
    this.#config = config;
    this.#builtin = new BuiltinTracker({
      store,
      now,
      pageUrl: () => this.#config.alerting.pageUrl ?? '',
    });
    this.bridge = new TicketBridge({
      config: () => this.#config,
      store,
      snapshot,
      trackers: () => this.#trackers,
      translator: (language) => this.#translator(language),
      remediesOf,
      ask: (path) => askAlertmanager(this.#config.tickets?.alertmanagerUrl, path),
      log,
      now,
    });
  }

  /** What the web side needs; undefined: the configuration has no tickets. */
  get desk(): TicketDesk | undefined {
    const { tickets } = this.#config;
    if (tickets === undefined) return undefined;
    return {
      tokenHash: tickets.tokenHash,
      receive: (webhook) => this.bridge.receive(webhook),
      builtin: this.#builtin,
    };
  }

  /** Puts a configuration in force. @param trackers those of it. */
  start(config: Config, trackers: ReadonlyMap<string, Tracker>): void {
    this.#config = config;
    this.#trackers = trackers;
    this.#looks ??= setInterval(() => this.#look(), lookEveryMs).unref();
    this.#look();
  }

  /** No further looks. Resolves when the last has ended, within a second: a tracker may be slow to answer. */
  async stop(): Promise<void> {
    clearInterval(this.#looks);
    this.#looks = undefined;
    await Promise.race([this.#looking, setTimeout(mostStopMs, undefined, { ref: false })]);
  }

  /** Opens the trackers of a configuration. @throws Error for an address that none can be at. */
  open({ tickets }: Config, kinds: readonly TrackerKind[] = trackerKinds): ReadonlyMap<string, Tracker> {
    const opened = [...(tickets?.trackers.values() ?? [])].flatMap((settings) => {
      const tracker = settings.url === '' ? this.#builtin : openTracker(settings, kinds);
      return tracker === undefined ? [] : [[settings.name, tracker] as const];
    });
    return new Map(opened);
  }

  #translator(language: string): Translator {
    const english: Language = 'en';
    const found = this.#translators.get(language) ?? this.#translators.get(english);
    if (found === undefined) throw new Error('there are no texts');
    return found;
  }

  /** One at a time: a tracker that is slow must not be asked by several. */
  #look(): void {
    this.#looking ??= this.#lookOnce().finally(() => (this.#looking = undefined));
  }

  async #lookOnce(): Promise<void> {
    await this.bridge.tick();
    await this.#prune();
  }

  async #prune(): Promise<void> {
    const { now, log } = this.#tools;
    if (now() - this.#prunedAt < pruneEveryMs) return;
    this.#prunedAt = now();
    try {
      await this.#builtin.prune();
    } catch (error) {
      log.error('old tickets not removed', { problem: String(error) });
    }
  }
}
