import { LRUCache } from 'lru-cache';
import { nextRun } from '../calendar/schedule.ts';
import type { Config, Mails, ReportMail, SignOfLife } from '../config/config.ts';
import type { LabelledSample } from '../label-counts.ts';
import type { Logger } from '../log.ts';
import type { Entry, Handler, OutboxStore } from '../outbox/contract.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { Asker } from '../prometheus/asker.ts';
import type { Translator } from '../texts/translator.ts';
import type { Instant } from '../time.ts';
import type { MailContent } from './content.ts';
import type { SignDesk, SignLine } from './desk.ts';
import { NotYetError, createHandler } from './handler.ts';
import { lastOf, samplesOf } from './metrics.ts';
import type { Known } from './metrics.ts';
import { changeOf, mailKind, planKey, remembered } from './plan.ts';
import { reportMail } from './report-mail.ts';
import { signOfLifeMail, tasksOf } from './sign-of-life.ts';
import { confirm, confirmByOf, confirmationOf } from './signs.ts';
import type { Mailer } from './smtp/contract.ts';

export interface MailServiceOptions {
  readonly config: Config;
  readonly mails: Mails;
  readonly store: OutboxStore;
  readonly snapshot: Snapshot;
  readonly mailer: Mailer;
  /** Asks the Prometheus of the configuration, all questions of a mail together for no longer than `signal` lets. */
  readonly asker: (signal: AbortSignal) => Asker;
  readonly translator: (language: string) => Translator;
  readonly log: Logger;
  readonly now: () => Instant;
  /** When the process started. */
  readonly startedAt: Instant;
}

/** How often to look what is due. */
const lookMs = 20_000;
/** All questions of one report: an attempt of the outbox takes at most 100 s, and the mail is still to be sent. */
const buildMs = 60_000;
/** Recipients of one report share what Prometheus answered. */
const kept = { max: 8, ttl: 5 * 60_000 } as const;
/** After a start monitors are waited for in so many attempts, some minutes in all. */
const mostPatience = 6;
/** Entries that are looked at for what was sent last. */
const mostEntries = 500;

/** Plans mails when they are due, writes them, and knows what became of them. One configuration's. */
export class MailService implements SignDesk {
  readonly handler: Handler;
  readonly #options: MailServiceOptions;
  readonly #written = new LRUCache<string, Promise<MailContent>>(kept);
  #known: ReadonlyMap<string, Known> = new Map();
  #looks: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: MailServiceOptions) {
    this.#options = options;
    this.handler = createHandler({
      plans: () => options.mails.plans,
      mailer: options.mailer,
      write: (plan, due, entry) =>
        plan.type === 'report' ? this.#report(plan, due) : this.#signOfLife(plan, entry),
    });
  }

  start(): void {
    this.#looks = setInterval(() => void this.look(), lookMs).unref();
    void this.look();
  }

  async stop(): Promise<void> {
    clearInterval(this.#looks);
    await this.#looking;
  }

  /** Plans what is due, and learns what was sent. Never rejects: what fails is logged, and the next look does it. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** What is exported, as of the last look. */
  samples(): readonly LabelledSample[] {
    const { plans } = this.#options.mails;
    return plans.flatMap((plan) => samplesOf(plan, this.#known.get(planKey(plan))));
  }

  async lines(): Promise<readonly SignLine[]> {
    const { mails, store, now } = this.#options;
    const signs = mails.plans.filter((plan) => plan.type === 'sign_of_life');
    return Promise.all(
      signs.map(async (plan) => {
        const { name, companies, timezone } = plan;
        const confirmation = await confirmationOf(store, name);
        const { value } = await remembered(store, plan);
        const nextAt = nextRun(plan, '', now());
        const confirmBy = confirmByOf(plan, value, confirmation) ?? null;
        return { name, companies, timezone, nextAt, confirmation: confirmation ?? null, confirmBy };
      }),
    );
  }

  async confirm(name: string, by: string): Promise<void> {
    const { store, now, log } = this.#options;
    await confirm(store, name, { at: now(), by });
    log.info('sign of life confirmed', { mail: name, by });
    void this.look();
  }

  async #look(): Promise<void> {
    const { mails, store, log, now } = this.#options;
    try {
      const known = new Map<string, Known>();
      const entries = await store.entries({ kind: mailKind, limit: mostEntries });
      for (const plan of mails.plans) {
        const before = await remembered(store, plan);
        const change = changeOf(plan, before, now());
        // Another replica that has planned it meanwhile makes this one do nothing.
        if (change !== undefined && (await store.commit(change, now())) && change.intents?.length)
          log.info('mail planned', { mail: plan.name, type: plan.type, recipients: plan.to.length });
        known.set(planKey(plan), {
          remembered: change === undefined ? before.value : (await remembered(store, plan)).value,
          confirmation: plan.type === 'report' ? undefined : await confirmationOf(store, plan.name),
          sentAt: lastOf(entries, plan, ['done']),
          failedAt: lastOf(entries, plan, ['refused', 'expired']),
          nextAt: nextRun(plan, '', now()),
        });
      }
      this.#known = known;
    } catch (error) {
      log.error('mails not planned', { problem: String(error) });
    }
  }

  /** Recipients of one mail share it; one that failed is not kept. */
  #report(plan: ReportMail, due: Instant): Promise<MailContent> {
    const { config, asker, translator } = this.#options;
    const key = JSON.stringify([plan.name, due]);
    const found = this.#written.get(key);
    if (found !== undefined) return found;
    const written = reportMail(plan, due, {
      config,
      ask: asker(AbortSignal.timeout(buildMs)),
      translator: translator(plan.language),
    });
    this.#written.set(key, written);
    written.catch(() => this.#written.delete(key));
    return written;
  }

  async #signOfLife(plan: SignOfLife, { attempts }: Entry): Promise<MailContent> {
    const { config, snapshot, store, translator, now, startedAt } = this.#options;
    const isUnread = tasksOf(snapshot, plan.companies).some(({ lastRun }) => lastRun === null);
    if (isUnread && attempts <= mostPatience) throw new NotYetError('some monitors have not run yet');
    const confirmBy = confirmByOf(
      plan,
      (await remembered(store, plan)).value,
      await confirmationOf(store, plan.name),
    );
    return signOfLifeMail(plan, {
      ...{ config, snapshot, startedAt, confirmBy },
      translator: translator(plan.language),
      now: now(),
    });
  }
}
