import { always } from '../../../src/calendar/calendar.ts';
import type { Calendar } from '../../../src/calendar/calendar.ts';
import { buildCalendar, calendarSchema } from '../../../src/calendar/hours.ts';

/** Everything here moves in minutes of a month that begins Monday 2026-10-19 00:00 in Brussels. */
export const monthStart = Date.parse('2026-10-18T22:00:00Z');
/** Four weeks, with the end of summer time on 25 October and a holiday on 11 November: an hour longer than 28 days. */
export const monthMinutes = 28 * 24 * 60 + 60;

/** The calendar in which orders, syncs and most jobs move. */
export const office: Calendar = buildCalendar(
  calendarSchema.parse({ days: 'mon-fri', from: '08:20', for: '10h', holidays: ['2026-11-11'] }),
  'Europe/Brussels',
);
export const roundTheClock: Calendar = always;

export const instantOf = (minute: number) => monthStart + minute * 60_000;

/** The minute of the month at which a clock in Brussels first shows a date and time. */
export function minuteOf(wallTime: string): number {
  const summer = wallTime < '2026-10-25T03:00';
  return (Date.parse(`${wallTime}:00${summer ? '+02:00' : '+01:00'}`) - monthStart) / 60_000;
}

/** What can go wrong, by the part that it is wrong with. */
export type Fault =
  | 'order fails'
  | 'order fails with an unknown error'
  | 'orders fail'
  | 'customer fails'
  | 'customers fail'
  | 'large order'
  | 'integration stops'
  | 'nobody orders'
  | 'mail server refuses'
  | 'sync stops'
  | 'sync log is empty'
  | 'sync rejects'
  | 'sync rejects nearly all'
  | 'drafts pile up'
  | 'hourly job fails'
  | 'nightly job fails'
  | 'hourly job stops'
  | 'nightly job stops'
  | 'hourly job hangs'
  | 'nightly job hangs'
  | 'hourly job is deleted'
  | 'nightly job is deleted'
  | 'hourly job is disabled'
  | 'hourly job does not start'
  | 'hourly job never ran'
  | 'hourly job is not understood'
  | 'jobs are hidden'
  | 'sync query fails'
  | 'order query fails'
  | 'order query hangs'
  | 'order query returns too much'
  | 'order query is blind'
  | 'erp is down'
  | 'shop is down'
  | 'erp clock is off'
  | 'configuration is bad'
  | 'exporter is down'
  | 'replica is down'
  | 'globex sync stops'
  | 'order is lost'
  | 'payment is booked by hand'
  | 'payment amounts differ'
  | 'orders arrive twice'
  | 'payment is booked twice'
  | 'reconciliation stands still';

/** A fault, from the first minute of the month to before the last. */
export interface Spell {
  readonly fault: Fault;
  readonly from: number;
  readonly to: number;
}

interface Order {
  readonly since: number;
  readonly amount: number;
}

/** A batch job as its scheduler reports it; times in minutes of the month. */
export interface Job {
  state: 'success' | 'failed' | 'running' | 'missing';
  lastSuccess: number;
  runningSince: number | null;
}

/** What the databases of one company hold. */
export interface Company {
  waiting: Order[];
  lastFinished: number;
  lastSync: number;
  mailWaitsSince: number | null;
  /** A record of a normal monitor that fails and is mended by its own retry. */
  blipSince: number | null;
  hourly: Job;
  nightly: Job;
}

/** Minutes of the last working day before the month. */
const before = -3 * 24 * 60 + 18 * 60;

function newCompany(): Company {
  return {
    waiting: [],
    lastFinished: before,
    lastSync: before,
    mailWaitsSince: null,
    blipSince: null,
    hourly: { state: 'success', lastSuccess: before, runningSince: null },
    nightly: { state: 'success', lastSuccess: before + 2 * 24 * 60, runningSince: null },
  };
}

/**
 * A web shop, an ERP and what links them, minute by minute: orders at all hours, fewer at night; handed over each quarter
 * of an hour while the office is open; a sync each half hour, a job each quarter, a nightly job at 02:30 by the clock.
 */
export class Shop {
  minute = -1;
  readonly companies = { acme: newCompany(), globex: newCompany() };
  readonly #spells: readonly Spell[];

  constructor(spells: readonly Spell[]) {
    this.#spells = spells;
  }

  /** Since when a fault is there, null when it is not. */
  since(fault: Fault): number | null {
    const spell = this.#spells.find(
      ({ fault: other, from, to }) => other === fault && from <= this.minute && this.minute < to,
    );
    return spell?.from ?? null;
  }

  has(fault: Fault): boolean {
    return this.since(fault) !== null;
  }

  /** Goes on by a minute. */
  step(): void {
    this.minute += 1;
    const open = office.isOpen(instantOf(this.minute));
    const clock = new Date(instantOf(this.minute) + brusselsOffsetMs(this.minute));
    for (const [name, company] of Object.entries(this.companies)) {
      this.#order(name, company, open);
      if (open) this.#office(name, company);
      if (this.minute % 120 === 20) company.blipSince = null;
      this.#mails(company);
      this.#hourlyJob(company, open);
      this.#nightlyJob(company, clock.getUTCHours() * 60 + clock.getUTCMinutes());
    }
  }

  #order(name: string, company: Company, open: boolean): void {
    const every = open ? (name === 'acme' ? 7 : 11) : 45;
    if (this.minute % every === 0 && !this.has('nobody orders'))
      company.waiting.push({ since: this.minute, amount: 80 + (this.minute % 13) * 10 });
    if (name === 'acme' && this.since('large order') === this.minute)
      company.waiting.push({ since: this.minute, amount: 62_500.5 });
  }

  #office(name: string, company: Company): void {
    if (this.minute % 15 === 0 && !this.has('integration stops') && company.waiting.length > 0) {
      company.waiting = [];
      company.lastFinished = this.minute;
    }
    const syncStops = this.has(name === 'acme' ? 'sync stops' : 'globex sync stops');
    if (this.minute % 30 === 5 && !syncStops) company.lastSync = this.minute;
    // Each second hour a customer's record fails once and is mended by the integration's own retry.
    if (this.minute % 120 === 17) company.blipSince = this.minute;
  }

  #mails(company: Company): void {
    if (this.minute % 20 === 0) company.mailWaitsSince ??= this.minute;
    if (this.minute % 20 === 2 && !this.has('mail server refuses')) company.mailWaitsSince = null;
  }

  #hourlyJob({ hourly }: Company, open: boolean): void {
    const due = open && this.minute % 15 === 0 && !this.has('hourly job stops');
    if (due && hourly.runningSince === null) run(hourly, this.minute);
    else if (hourly.runningSince !== null && this.minute - hourly.runningSince >= 3)
      if (!this.has('hourly job hangs')) end(hourly, this.minute, this.has('hourly job fails'));
    if (this.has('hourly job is deleted')) hourly.state = 'missing';
  }

  #nightlyJob({ nightly }: Company, clockMinutes: number): void {
    const due = clockMinutes === 150 && !this.has('nightly job stops');
    if (due && nightly.runningSince === null) run(nightly, this.minute);
    else if (nightly.runningSince !== null && this.minute - nightly.runningSince >= 20)
      if (!this.has('nightly job hangs')) end(nightly, this.minute, this.has('nightly job fails'));
    if (this.has('nightly job is deleted')) nightly.state = 'missing';
  }
}

function run(job: Job, minute: number): void {
  job.state = 'running';
  job.runningSince = minute;
}

function end(job: Job, minute: number, failed: boolean): void {
  job.state = failed ? 'failed' : 'success';
  job.runningSince = null;
  if (!failed) job.lastSuccess = minute;
}

/** Summer time ends at 03:00 on 25 October, which is 01:00 UTC. */
function brusselsOffsetMs(minute: number): number {
  return (instantOf(minute) < Date.parse('2026-10-25T01:00:00Z') ? 2 : 1) * 3_600_000;
}
