import type { Config, TicketRule, Tickets, TrackerSettings } from '../../src/config/config.ts';
import { records } from '../../src/monitors/records/index.ts';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import type { OutboxStore } from '../../src/outbox/contract.ts';
import { pauseAfter } from '../../src/outbox/pause.ts';
import { SnapshotStore } from '../../src/poll/snapshot.ts';
import { createTranslators } from '../../src/texts/translator.ts';
import { TrackerError } from '../../src/tickets/contract.ts';
import type { Remark, TicketDraft, TicketState, TicketView, Tracker } from '../../src/tickets/contract.ts';
import { ticketKind } from '../../src/tickets/decide.ts';
import type { RemediesOf } from '../../src/tickets/records.ts';
import { TicketBridge } from '../../src/tickets/tickets.ts';
import type { ToldAlert, Webhook } from '../../src/tickets/webhook.ts';
import { company, config, database } from '../helpers/fake-config.ts';
import { recordsReading, taskOf } from '../web/world.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const start = Date.UTC(2026, 10, 27, 10, 0);

/** One ticket of the tracker of these tests. */
export interface FakeTicket {
  readonly id: string;
  readonly draft: TicketDraft;
  state: TicketState;
  touched: TicketView['touched'];
  closedAt: number | undefined;
  readonly remarks: Remark[];
  /** Closed by the bridge although a person had touched it. */
  wasWronged: boolean;
}

/** How the tracker answers next: `dropped` does what it is asked, and says nothing. */
export type Mood = 'well' | 'down' | 'dropped' | 'busy' | 'login' | 'refused';

export class FakeTracker implements Tracker {
  readonly tickets: FakeTicket[] = [];
  mood: Mood = 'well';
  knowsHistory = true;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get open(): readonly FakeTicket[] {
    return this.tickets.filter(({ state }) => state === 'open');
  }

  async find(marker: string): Promise<TicketView | undefined> {
    await this.#before();
    return this.#viewOf(this.tickets.find(({ draft }) => draft.marker === marker));
  }

  async create(draft: TicketDraft): Promise<TicketView> {
    await this.#before();
    const found = this.tickets.find(({ draft: { marker } }) => marker === draft.marker);
    const ticket: FakeTicket = found ?? {
      id: String(this.tickets.length + 1),
      draft,
      state: 'open',
      touched: 'no',
      closedAt: undefined,
      remarks: [],
      wasWronged: false,
    };
    if (found === undefined) this.tickets.push(ticket);
    this.#after();
    return this.#view(ticket);
  }

  async read(id: string): Promise<TicketView | undefined> {
    await this.#before();
    return this.#viewOf(this.#get(id));
  }

  async comment(id: string, remark: Remark): Promise<void> {
    await this.#before();
    this.#remark(id, remark);
    this.#after();
  }

  async close(id: string, remark: Remark): Promise<void> {
    await this.#before();
    const ticket = this.#remark(id, remark);
    if (ticket.touched === 'yes') ticket.wasWronged = true;
    ticket.state = 'closed';
    ticket.closedAt = this.#now();
    this.#after();
  }

  async reopen(id: string, remark: Remark): Promise<void> {
    await this.#before();
    const ticket = this.#remark(id, remark);
    ticket.state = 'open';
    ticket.touched = 'no';
    this.#after();
  }

  /** What a person does. */
  person(id: string, state?: TicketState): void {
    const ticket = this.#get(id);
    if (ticket === undefined) return;
    ticket.touched = 'yes';
    if (state === undefined || state === ticket.state) return;
    ticket.state = state;
    ticket.closedAt = this.#now();
  }

  remove(id: string): void {
    const index = this.tickets.findIndex((ticket) => ticket.id === id);
    if (index >= 0) this.tickets.splice(index, 1);
  }

  #get(id: string): FakeTicket | undefined {
    return this.tickets.find((ticket) => ticket.id === id);
  }

  #remark(id: string, remark: Remark): FakeTicket {
    const ticket = this.#get(id);
    if (ticket === undefined) throw new TrackerError('refused', 'no such ticket');
    if (!ticket.remarks.some(({ marker }) => marker === remark.marker)) ticket.remarks.push(remark);
    return ticket;
  }

  #view(ticket: FakeTicket): TicketView {
    const { id, state, closedAt } = ticket;
    const touched = this.knowsHistory ? ticket.touched : 'unknown';
    return { id, url: `https://tracker.example/${id}`, state, touched, closedAt };
  }

  #viewOf(ticket: FakeTicket | undefined): TicketView | undefined {
    return ticket === undefined ? undefined : this.#view(ticket);
  }

  async #before(): Promise<void> {
    await Promise.resolve();
    if (this.mood === 'down') throw new TrackerError('retry', 'no answer');
    if (this.mood === 'busy') throw new TrackerError('retry', '429', { retryAfterMs: 2 * minute });
    if (this.mood === 'login') throw new TrackerError('login', '401');
    if (this.mood === 'refused') throw new TrackerError('refused', '422');
  }

  #after(): void {
    if (this.mood === 'dropped') throw new TrackerError('retry', 'the connection broke');
  }
}

export const trackerSettings = (name: string, change: Partial<TrackerSettings> = {}): TrackerSettings => ({
  name,
  type: 'fake',
  companies: 'all',
  url: 'https://tracker.example',
  allowsPrivate: false,
  timeoutMs: 10_000,
  settings: {},
  ...change,
});

export const unknownAlone: readonly TicketRule[] = [
  { match: { alertname: ['ErpRecordFailed'], known: ['true'] }, tracker: undefined, mails: true },
  { match: {}, tracker: 'desk', mails: true },
];

export function ticketsConfig(change: Partial<Tickets> = {}): Config {
  const base = config([], [database('shop')], [company('acme', { language: 'en' }), company('globex')]);
  return {
    ...base,
    alerting: { notify: [], pageUrl: 'https://monitor.example' },
    tickets: {
      trackers: new Map([['desk', trackerSettings('desk')]]),
      rules: unknownAlone,
      webhook: { url: '', credentialsFile: '' },
      tokenHash: '',
      alertmanagerUrl: undefined,
      commentEveryMs: 15 * minute,
      reopenWithinMs: 12 * hour,
      closeAfterMs: 20 * minute,
      ...change,
    },
  };
}

export const labelsOf = (record: string, change: Readonly<Record<string, string>> = {}) => ({
  alertname: 'ErpRecordFailed',
  severity: 'warning',
  company: 'acme',
  flow: 'orders',
  monitor: 'web_orders',
  known: 'false',
  error: 'unknown-1',
  responder: 'erp_partner',
  ...(record === '' ? {} : { record }),
  ...change,
});

export function fires(
  record: string,
  startsAt: number,
  labels: Readonly<Record<string, string>> = {},
): ToldAlert {
  const own = labelsOf(record, labels);
  const fingerprint = Buffer.from(JSON.stringify(own)).toString('hex').slice(-40);
  const annotations = {
    summary: 'A record failed.',
    description: `Record ${record} failed.`,
    runbook_url: '/docs/runbook#erprecordfailed',
  };
  return { fingerprint, isFiring: true, labels: own, annotations, startsAt, endsAt: startsAt + 4 * minute };
}

export const resolved = (alert: ToldAlert, endsAt: number): ToldAlert => ({
  ...alert,
  isFiring: false,
  endsAt,
});

export const webhook = (...alerts: readonly ToldAlert[]): Webhook => ({
  groupKey: 'g',
  truncated: 0,
  alerts,
});

const nobody = { taskChanged: () => {}, taskRemoved: () => {}, othersChanged: () => {} };

function translatorFor(translators: ReturnType<typeof createTranslators>, language: string) {
  const found = [...translators.values()].find((translator) => translator.language === language);
  if (found === undefined) throw new Error(`no translator for ${language}`);
  return found;
}

/** A bridge, its outbox and a tracker, in a time of their own. */
export class World {
  now = start;
  /** What no step of the clock changes. */
  uptime = 0;
  readonly tracker = new FakeTracker(() => this.now);
  readonly snapshot = new SnapshotStore(nobody);
  readonly logged: string[] = [];
  store: OutboxStore;
  config: Config;
  bridge: TicketBridge;
  remediesOf: RemediesOf = () => new Map();
  ask: (path: string) => Promise<string> = () => Promise.reject(new Error('cannot be reached'));

  constructor(change: Partial<Tickets> = {}) {
    this.config = ticketsConfig(change);
    this.snapshot.setConfig(this.config);
    this.store = openSqliteStore(':memory:', { leaseClock: () => this.uptime });
    this.bridge = this.#open();
  }

  /** What the process remembered is gone; what was stored is not. */
  restart(): void {
    this.bridge = this.#open();
  }

  /** What the monitor reads now. */
  async reads(...failed: readonly string[]): Promise<void> {
    const rows = failed.map((record) => ({
      record,
      since: new Date(this.now),
      error: 'Odd',
      amount: '12.50',
      currency: 'EUR',
      code: 'http:422',
      call: 'POST /orders',
    }));
    this.#reading = await recordsReading({ failed: rows });
    this.fresh();
  }

  #reading: Awaited<ReturnType<typeof recordsReading>> | undefined;

  /** The monitor has run just now. */
  fresh(change: Parameters<typeof taskOf>[4] = {}): void {
    const task = taskOf('web_orders', records, ['acme'], this.#reading ?? null, {
      lastRun: this.now,
      lastSuccess: this.now,
      ...change,
    });
    this.snapshot.setTask(task);
  }

  /** Time passes: the monitor runs, tickets are looked at, and what is due is done. */
  async passes(ms: number, isFresh = true): Promise<void> {
    let left = ms;
    while (left > 0) {
      const step = Math.min(minute, left);
      left -= step;
      this.now += step;
      this.uptime += step;
      if (isFresh) this.fresh();
      await this.bridge.tick();
      await this.works();
    }
  }

  async hears(...alerts: readonly ToldAlert[]): Promise<string> {
    return this.bridge.receive(webhook(...alerts));
  }

  /** Carries out what is due, as the dispatcher does. */
  async works(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      const request = { owner: 'test', kinds: [ticketKind], now: this.now, leaseMs: 120_000, limit: 10 };
      const { leases } = await this.store.lease(request);
      if (leases.length === 0) return;
      for (const lease of leases) {
        const attempt = { signal: new AbortController().signal, now: this.now };
        const { outcome, change = {}, stored } = await this.bridge.handler(lease.entry, attempt);
        const pause = pauseAfter(
          lease.entry.attempts,
          outcome.type === 'retry' ? (outcome.retryAfterMs ?? 0) : 0,
          0.5,
        );
        const settled = await this.store.settle(lease, outcome, this.now + pause, change, this.now);
        if (settled === 'settled') stored?.();
      }
    }
  }

  sample(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    return this.bridge
      .samples()
      .find(
        ({ family, labels: own }) =>
          family.name === name && Object.entries(labels).every(([label, value]) => own[label] === value),
      )?.value;
  }

  #open(): TicketBridge {
    const translators = createTranslators();
    const log = (event: string) => void this.logged.push(event);
    return new TicketBridge({
      config: () => this.config,
      store: this.store,
      snapshot: this.snapshot,
      trackers: () => new Map([['desk', this.tracker]]),
      translator: (language) => translatorFor(translators, language),
      remediesOf: (...of) => this.remediesOf(...of),
      ask: (path) => this.ask(path),
      log: { debug: log, info: log, warn: log, error: log },
      now: () => this.now,
    });
  }
}
