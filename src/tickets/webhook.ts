import { z } from 'zod';
import type { Labels } from '../alert-match.ts';
import type { Instant } from '../time.ts';

/** What an alert says of itself: labels by which it is known, and texts that may change. */
export interface ToldAlert {
  /** Of its labels; the same as long as they are. */
  readonly fingerprint: string;
  readonly isFiring: boolean;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: Instant;
  /** When it ended; of one that fires, whatever was said. */
  readonly endsAt: Instant;
}

/** More than Alertmanager ever sends in one piece, as it cuts it at `max_alerts`. */
const mostAlerts = 10_000;
const mostLabels = 24;
/** Longest label, in characters; what is longer is cut. */
const mostLabelCharacters = 300;
const mostAnnotationCharacters = 1_500;

/** The annotations that texts of tickets are made from. */
const annotationNames = [
  'summary',
  'description',
  'description_nl',
  'description_de',
  'description_fr',
  'details',
  'amount',
  'record_count',
  'runbook_url',
] as const;

const texts = z.record(z.string(), z.string());
const instant = z.iso
  .datetime({ offset: true, error: 'is no time such as 2026-11-27T10:42:00Z' })
  .transform((text): Instant => Date.parse(text));

const alertSchema = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.default({}),
  startsAt: instant,
  endsAt: instant,
  fingerprint: z.string().regex(/^[0-9a-f]{1,64}$/, { error: 'is no fingerprint' }),
});

/** Alertmanager's webhook: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const webhookSchema = z.looseObject({
  version: z.literal('4', { error: 'is not "4", the version that erp-exporter understands' }),
  groupKey: z.string().default(''),
  truncatedAlerts: z.number().int().min(0).default(0),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string().default(''),
  groupLabels: texts.default({}),
  commonLabels: texts.default({}),
  commonAnnotations: texts.default({}),
  externalURL: z.string().default(''),
  alerts: z.array(alertSchema).max(mostAlerts),
});

/** A message of Alertmanager. */
export interface Webhook {
  /** For the log. */
  readonly groupKey: string;
  /** Alerts that were left out. */
  readonly truncated: number;
  readonly alerts: readonly ToldAlert[];
}

/** Cut, and such that every store takes it. */
function cut(text: string, most: number): string {
  return text.slice(0, most).toWellFormed().replaceAll('\0', ' ');
}

/** What is kept of the labels of an alert. */
export function keptLabels(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels)
      .slice(0, mostLabels)
      .map(([name, value]) => [cut(name, mostLabelCharacters), cut(value, mostLabelCharacters)]),
  );
}

/** What is kept of its annotations. */
export function keptAnnotations(annotations: Labels): Labels {
  return Object.fromEntries(
    annotationNames.flatMap((name) => {
      const text = annotations[name] ?? '';
      return text === '' ? [] : [[name, cut(text, mostAnnotationCharacters)]];
    }),
  );
}

/** Reads a webhook. @returns a sentence that says what is wrong with it. */
export function readWebhook(text: string): { readonly webhook: Webhook } | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'The body is no JSON.' };
  }
  const read = webhookSchema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = issue?.path.map(String).join('.') ?? '';
    return { fault: `The body is no webhook of Alertmanager, version 4: ${path}: ${issue?.message ?? ''}` };
  }
  const { groupKey, truncatedAlerts, alerts } = read.data;
  return {
    webhook: {
      groupKey: cut(groupKey, mostLabelCharacters),
      truncated: truncatedAlerts,
      alerts: alerts.map(({ fingerprint, status, labels, annotations, startsAt, endsAt }) => ({
        fingerprint,
        isFiring: status === 'firing',
        labels: keptLabels(labels),
        annotations: keptAnnotations(annotations),
        startsAt,
        endsAt,
      })),
    },
  };
}
