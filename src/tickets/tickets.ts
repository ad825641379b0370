import type { Config, Tickets } from '../config/config.ts';
import { Begun, LabelCounts, type LabelledSample } from '../label-counts.ts';
import type { Logger } from '../log.ts';
import { ticketFamilies } from '../exporter-families.ts';
import { OutboxFullError } from '../outbox/contract.ts';
import type { Handler, OutboxStore } from '../outbox/contract.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { Translator } from '../texts/translator.ts';
import type { Instant } from '../time.ts';
import { ends, heard, newlyBeyond } from './alerts.ts';
import { TrackerError } from './contract.ts';
import type { Tracker } from './contract.ts';
import { decide } from './decide.ts';
import type { Received } from './desk.ts';
import type { Decision, World } from './decide.ts';
import { allTickets, updateTicket } from './documents.ts';
import { Freshness } from './freshness.ts';
import { createHandler } from './handler.ts';
import { keyOf, keyText, type TicketKey } from './key.ts';
import { observed } from './outcome.ts';
import { mayHave, verdictOf } from './policy.ts';
import { Missing, lookAt } from './reconciler.ts';
import type { AskAlertmanager } from './reconciler.ts';
import { isAllTold, type RemediesOf } from './records.ts';
import { countChange, declareChanges, isForgotten, isOpen, openTickets } from './standing.ts';
import { emptyState, isFiring, type TicketState } from './state.ts';
import type { ToldAlert, Webhook } from './webhook.ts';

export interface TicketBridgeOptions {
  readonly config: () => Config;
  readonly store: OutboxStore;
  readonly snapshot: Snapshot;
  /** Those of the configuration that are open, by name. */
  readonly trackers: () => ReadonlyMap<string, Tracker>;
  readonly translator: (language: string) => Translator;
  readonly remediesOf: RemediesOf;
  /** Asks the Alertmanager of `alertmanagerUrl`. */
  readonly ask: AskAlertmanager;
  readonly log: Logger;
  readonly now: () => Instant;
}

/** How often tickets are compared with Alertmanager and their trackers. */
const reconcileMs = 3 * 60_000;
/** How long a tracker may take to say how a ticket stands. */
const readMs = 30_000;
/** Most tickets that trackers are asked for at one comparison. */
const mostReads = 200;
/** Most keys of which something is known. */
const mostKeys = 5_000;

/** From alerts to tickets: what is told is stored with what is to be done, and the outbox does it. */
export class TicketBridge {
  readonly handler: Handler;
  readonly #options: TicketBridgeOptions;
  readonly #freshness: Freshness;
  readonly #missing = new Missing();
  readonly #counts = new LabelCounts();
  readonly #begun = new Begun();
  #open: readonly LabelledSample[] = [];
  #keys = 0;
  #lastWebhook: Instant | undefined;
  #lastLook: Instant | undefined;
  #reconciledAt = -Infinity;
  /** The key behind which tickets are read next. */
  #readAfter = '';

  constructor(options: TicketBridgeOptions) {
    this.#options = options;
    this.#freshness = new Freshness(options.snapshot);
    this.handler = createHandler({
      store: options.store,
      trackerFor: (name, company) => this.#tracker(name, company),
      isRecovered: (state, now) =>
        this.#freshness.isRecovered(state, this.#tickets()?.closeAfterMs ?? Infinity, now),
      counted: (action, result, tracker, note) => {
        this.#counts.add(ticketFamilies.actions, { action, result, tracker });
        if (result === 'refused' || result === 'login')
          options.log.warn('ticket step failed', { action, result, tracker, problem: note });
      },
      changed: (key, change) => countChange(this.#counts, key, change),
    });
  }

  /** Takes what Alertmanager tells. Never rejects: what is not stored, Alertmanager tells again. */
  async receive({ alerts, groupKey, truncated }: Webhook): Promise<Received> {
    const { log, now } = this.#options;
    if (truncated > 0) log.warn('alerts left out by sender', { group: groupKey, count: truncated });
    try {
      await this.#take(alerts, true);
      this.#lastWebhook = now();
      return 'stored';
    } catch (error) {
      log.error('alerts not stored', { problem: String(error) });
      return error instanceof OutboxFullError ? 'full' : 'failed';
    }
  }

  /** Looks at every ticket; to be called every half minute or so. Never rejects. */
  async tick(): Promise<void> {
    const { log, now } = this.#options;
    try {
      const known = await Array.fromAsync(allTickets(this.#options.store));
      this.#keys = known.length;
      this.#freshness.look(
        known.map(({ state }) => state.key),
        now(),
      );
      if (this.#tickets() !== undefined && now() - this.#reconciledAt >= reconcileMs) {
        this.#reconciledAt = now();
        await this.#lookAtAlertmanager(known.map(({ state }) => state));
        await this.#lookAtTrackers(known);
      }
      for (const { key, state } of known) await this.#decideOn(key, state);
      this.#open = openTickets(known.map(({ state }) => state));
    } catch (error) {
      log.error('tickets not looked at', { problem: String(error) });
    }
  }

  /** What is exported about tickets. */
  samples(): readonly LabelledSample[] {
    const at = (family: LabelledSample['family'], time: Instant | undefined): readonly LabelledSample[] =>
      time === undefined ? [] : [{ family, labels: {}, value: time / 1000 }];
    if (this.#tickets() !== undefined) declareChanges(this.#options.snapshot, this.#counts, this.#begun);
    return [
      ...this.#open,
      ...this.#counts.samples(),
      ...at(ticketFamilies.webhook, this.#lastWebhook),
      ...at(ticketFamilies.looked, this.#lastLook),
    ];
  }

  #tickets(): Tickets | undefined {
    return this.#options.config().tickets;
  }

  #tracker(name: string, company: string): Tracker | undefined {
    const settings = this.#tickets()?.trackers.get(name);
    return mayHave(settings, company) ? this.#options.trackers().get(name) : undefined;
  }

  #world(settings: Tickets): World {
    const { config, now, snapshot, translator, remediesOf } = this.#options;
    return {
      now: now(),
      settings,
      snapshot,
      freshness: this.#freshness,
      writing: { config: config(), translator, now: now() },
      remediesOf,
      trackerFor: ({ labels }) => {
        const verdict = verdictOf(labels, config(), settings);
        return verdict.type === 'tracker' ? verdict.tracker : undefined;
      },
    };
  }

  #decide(state: TicketState): Decision {
    const settings = this.#tickets();
    if (settings === undefined) return { state, intents: [] };
    const decision = decide(state, this.#world(settings));
    if (isAllTold(decision.state) && !isAllTold(state))
      this.#options.log.warn('records of ticket not told', { ticket: keyText(state.key) });
    return decision;
  }

  /** Of the alerts that are tickets, those of each key. @param isNews whether they are counted. */
  #byKey(alerts: readonly ToldAlert[], isNews: boolean) {
    const found = new Map<string, { readonly key: TicketKey; readonly alerts: ToldAlert[] }>();
    const settings = this.#tickets();
    for (const alert of settings === undefined ? [] : alerts) {
      const key = keyOf(alert.labels);
      if (key === undefined || settings === undefined) continue;
      const { type } = verdictOf(alert.labels, this.#options.config(), settings);
      if (isNews) this.#note(type, alert);
      // What became a ticket by another rule ends all the same.
      if (type !== 'tracker' && alert.isFiring) continue;
      const text = keyText(key);
      const group = found.get(text) ?? { key, alerts: [] };
      group.alerts.push(alert);
      found.set(text, group);
    }
    return found;
  }

  /** Counts what became of an alert, and says what nobody will have meant. */
  #note(verdict: string, { labels }: ToldAlert): void {
    this.#counts.add(ticketFamilies.alerts, { verdict });
    if (verdict === 'tracker' || verdict === 'mail') return;
    const { alertname = '', company = '' } = labels;
    this.#options.log.warn('alert without a ticket', { reason: verdict, alertname, company });
  }

  async #take(alerts: readonly ToldAlert[], isNews: boolean): Promise<void> {
    const { store, log, now } = this.#options;
    for (const [text, { key, alerts: own }] of this.#byKey(alerts, isNews)) {
      let dropped = 0;
      await updateTicket(store, text, now, (before) => {
        if (before === undefined && this.#keys >= mostKeys) {
          for (const alert of own) this.#note('full', alert);
          return undefined;
        }
        const after = own.reduce((state, alert) => heard(state, alert, now()), before ?? emptyState(key));
        dropped = newlyBeyond(before, after);
        return this.#decide(after);
      });
      if (dropped === 0) continue;
      this.#counts.add(ticketFamilies.alerts, { verdict: 'dropped' }, dropped);
      log.warn('alerts of ticket dropped', { ticket: text, count: dropped });
    }
  }

  async #decideOn(key: string, seen: TicketState): Promise<void> {
    const { store, now } = this.#options;
    if (isForgotten(seen, now())) {
      await updateTicket(store, key, now, (state) =>
        state !== undefined && isForgotten(state, now()) ? { state: undefined, intents: [] } : undefined,
      );
      return;
    }
    // Most tickets need nothing: then the store is not asked again.
    const settings = this.#tickets();
    if (settings === undefined) return;
    const { state: wanted, intents } = decide(seen, this.#world(settings));
    if (wanted === seen && intents.length === 0) return;
    await updateTicket(store, key, now, (state) => (state === undefined ? undefined : this.#decide(state)));
  }

  async #lookAtAlertmanager(known: readonly TicketState[]): Promise<void> {
    const { ask, log, now } = this.#options;
    if (this.#tickets()?.alertmanagerUrl === undefined) return;
    try {
      const look = await lookAt(ask);
      if (look === undefined) {
        log.warn('alerts not compared', { problem: 'Alertmanager has not ErpWatchdog, which always fires' });
        return;
      }
      this.#lastLook = now();
      await this.#take(look.told, false);
      const heardAt = known.flatMap(({ firing }) =>
        Object.entries(firing).map(([fingerprint, alert]) => [fingerprint, alert.heardAt] as const),
      );
      const gone = new Set(this.#missing.ended(new Map(heardAt), look, now()));
      if (gone.size > 0) await this.#end(known, gone);
    } catch (error) {
      log.warn('alerts not compared', { problem: String(error) });
    }
  }

  async #end(known: readonly TicketState[], gone: ReadonlySet<string>): Promise<void> {
    const { store, now } = this.#options;
    for (const { key, firing } of known) {
      if (!Object.keys(firing).some((fingerprint) => gone.has(fingerprint))) continue;
      await updateTicket(store, keyText(key), now, (state) => {
        if (state === undefined) return undefined;
        const over = Object.keys(state.firing).filter((fingerprint) => gone.has(fingerprint));
        const after = over.reduce((each, fingerprint) => ends(each, fingerprint, now(), now()), state);
        return this.#decide(after);
      });
    }
  }

  /** Asks trackers how tickets stand that people may have changed: some at a time, all in turn. */
  async #lookAtTrackers(
    known: readonly { readonly key: string; readonly state: TicketState }[],
  ): Promise<void> {
    const wanted = known.filter(
      ({ state }) => state.ticket !== null && state.pending === null && (isOpen(state) || isFiring(state)),
    );
    const behind = wanted.filter(({ key }) => key > this.#readAfter);
    const next = [...behind, ...wanted.filter(({ key }) => key <= this.#readAfter)].slice(0, mostReads);
    const failed = new Set<string>();
    for (const { key, state } of next) {
      this.#readAfter = key;
      if (!failed.has(state.tracker) && !(await this.#readTicket(key, state))) failed.add(state.tracker);
    }
  }

  /** @returns whether the tracker answers. */
  async #readTicket(key: string, { ticket, tracker: name, key: { company } }: TicketState): Promise<boolean> {
    const { store, now, log } = this.#options;
    const tracker = this.#tracker(name, company);
    if (tracker === undefined || ticket === null) return true;
    try {
      const view = await tracker.read(ticket.id, AbortSignal.timeout(readMs));
      await updateTicket(store, key, now, (state) => {
        // A step under way will say so itself.
        if (state?.ticket?.id !== ticket.id || state.pending !== null) return undefined;
        const after = observed(state, view, now());
        return JSON.stringify(after) === JSON.stringify(state) ? undefined : { state: after, intents: [] };
      });
      return true;
    } catch (error) {
      if (!(error instanceof TrackerError)) throw error;
      log.warn('ticket not read', { tracker: name, company, problem: error.message });
      return error.fault === 'refused';
    }
  }
}
