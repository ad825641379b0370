import { z } from 'zod';
import type { Instant } from '../time.ts';
import { watchdog } from './event-type.ts';
import { keptAnnotations, keptLabels } from './webhook.ts';
import type { ToldAlert } from './webhook.ts';

/** How often Alertmanager repeats what fires, at most: what the routes to the webhook say. */
export const webhookRepeatMs = 4 * 3_600_000;
/** Repeats come a little late. */
const repeatSlackMs = 15 * 60_000;
/** Looks at which an alert is missing before it counts as ended, and how far they are apart. */
const mostMissing = 2;
const leastMissingMs = 4 * 60_000;

/** Asks Alertmanager: a path with its query. @throws Error when it does not answer as it should, within limits of time and size. */
export type AskAlertmanager = (path: string) => Promise<string>;

const path = 'api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true';

const instant = z.string().transform((text): Instant => Date.parse(text));
const alertsSchema = z
  .array(
    z.looseObject({
      fingerprint: z.string(),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()).default({}),
      startsAt: instant,
      endsAt: instant,
      status: z.looseObject({ state: z.string() }),
    }),
  )
  .max(50_000);

/** What Alertmanager has at one moment. */
export interface Look {
  /** Alerts that fire and are told: neither silenced nor inhibited. */
  readonly told: readonly ToldAlert[];
  /** The fingerprints of all that fire. */
  readonly firing: ReadonlySet<string>;
}

/**
 * Looks at Alertmanager.
 *
 * @returns undefined when nothing proves that Prometheus reaches it: the alert that always fires is not there, as right after its start.
 * @throws Error when it cannot be asked.
 */
export async function lookAt(ask: AskAlertmanager): Promise<Look | undefined> {
  const alerts = alertsSchema.parse(JSON.parse(await ask(path)));
  if (!alerts.some(({ labels }) => labels['alertname'] === watchdog)) return undefined;
  const told = alerts
    .filter(({ status, startsAt }) => status.state === 'active' && Number.isFinite(startsAt))
    .map(({ fingerprint, labels, annotations, startsAt, endsAt }) => ({
      fingerprint,
      isFiring: true,
      labels: keptLabels(labels),
      annotations: keptAnnotations(annotations),
      startsAt,
      endsAt,
    }));
  return { told, firing: new Set(alerts.map(({ fingerprint }) => fingerprint)) };
}

/** Alerts that were missing at looks, one after another; forgotten at a restart, so that two looks are needed anew. */
export class Missing {
  readonly #missing = new Map<string, { since: Instant; looks: number }>();

  /**
   * Which of these alerts have ended although nobody said so: they were missing at two looks, and every Alertmanager that still had them
   * would have told them again.
   *
   * @param known when a webhook told each of them last, by fingerprint.
   */
  ended(known: ReadonlyMap<string, Instant>, { firing }: Look, now: Instant): readonly string[] {
    for (const fingerprint of this.#missing.keys())
      if (!known.has(fingerprint) || firing.has(fingerprint)) this.#missing.delete(fingerprint);
    return [...known].flatMap(([fingerprint, heardAt]) => {
      if (firing.has(fingerprint)) return [];
      const { since, looks } = this.#missing.get(fingerprint) ?? { since: now, looks: 0 };
      this.#missing.set(fingerprint, { since, looks: looks + 1 });
      const isMissing = looks + 1 >= mostMissing && now - since >= leastMissingMs;
      return isMissing && now - heardAt > webhookRepeatMs + repeatSlackMs ? [fingerprint] : [];
    });
  }
}
