import type { Sample } from './series.ts';

/** Identifiers and texts that a display may take for a number, a date, markup or a variable. */
export const hostileTexts: readonly string[] = [
  '0012345',
  '12E4',
  'W-100323',
  '1e999',
  'true',
  'null',
  'NaN',
  '-1',
  '2026-01-02',
  '0x1F',
  '1,234.50',
  '5" & 50%',
  "it's",
  '<b>bold</b>',
  String.raw`a|b\c`,
  '{{x}} ${company}',
  '__proto__',
];

/** Labels that take any text that a user's database has. */
const freeLabels = ['record', 'job_name', 'message', 'code', 'call', 'left', 'right', 'database'] as const;
/** Whether the series stands for one record, one job or one database. */
const identifies = ({ labels }: Sample): boolean =>
  'record' in labels || 'job_name' in labels || ('database' in labels && !('monitor' in labels));

function withText(sample: Sample, text: string): Sample {
  const labels = { ...sample.labels };
  for (const label of freeLabels) if (label in labels) labels[label] = text;
  const { url } = labels;
  if (url !== undefined && url !== '')
    labels['url'] = `https://shop.example/records/${encodeURIComponent(text)}`;
  return { ...sample, labels };
}

/** The first sample of each family, for each job, record or database that the family tells apart. */
function firstOfEach(samples: readonly Sample[]): Sample[] {
  const seen = new Set<string>();
  return samples.filter((sample) => {
    const { name, labels } = sample;
    const { alertname = '', mismatch = '', status = '', severity = '' } = labels;
    const key = [name, alertname, mismatch, status, severity].join(' ');
    if (seen.has(key) || !identifies(sample)) return false;
    seen.add(key);
    return true;
  });
}

/** Flows and monitors whose names are numbers, dates or markup to a careless eye. */
const hostileMonitors = [
  { flow: '0012345', monitor: '12E4' },
  { flow: '2026-01-02', monitor: '<b>1e3</b>' },
] as const;

/** A second exporter watches acme in another environment, so that every table has rows with one and rows without. */
function inAnotherEnvironment(samples: readonly Sample[]): Sample[] {
  const isAcme = ({ company }: Sample['labels']): boolean => company === 'acme';
  const isDatabase = ({ labels }: Sample): boolean => !('company' in labels) && 'database' in labels;
  return samples
    .filter((sample) => isAcme(sample.labels) || isDatabase(sample))
    .map((sample) => ({ ...sample, labels: { environment: '12E4', ...sample.labels } }));
}

/**
 * The samples and, beside them, hostile ones: a record, a job, a database for each hostile text, copies of each company's
 * monitor of web orders under hostile names, and an environment. They hang on no metric's name but on labels.
 */
export function withHostile(samples: readonly Sample[]): Sample[] {
  const ofAcme = firstOfEach(samples.filter(({ labels }) => (labels['company'] ?? 'acme') === 'acme'));
  const texts = hostileTexts.flatMap((text) => ofAcme.map((sample) => withText(sample, text)));
  const ofOrders = samples.filter(({ labels }) => labels['monitor'] === 'web_orders');
  const monitors = hostileMonitors.flatMap((names) =>
    ofOrders.map((sample) => ({ ...sample, labels: { ...sample.labels, ...names } })),
  );
  return [...samples, ...texts, ...monitors, ...inAnotherEnvironment(samples)];
}
