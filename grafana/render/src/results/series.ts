/** A sample of an exposition: what a series says at the moment of the recording. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const escapes: Readonly<Record<string, string>> = { n: '\n' };
const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_match, char: string) => escapes[char] ?? char);
const escaped = (text: string): string =>
  text.replace(/[\\"\n]/g, (char) => (char === '\n' ? String.raw`\n` : `\\${char}`));

function labelsOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:\\.|[^"\\])*)"/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, unescaped(value)] as const));
}

/** Samples of a text in Prometheus's format, and the names of the families that it declares. */
export function parseExposition(text: string): { families: ReadonlySet<string>; samples: Sample[] } {
  const families = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name);
  const samples = [...text.matchAll(/^([a-zA-Z_]\w*)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value = '']) => ({ name, labels: labelsOf(labels), value: Number(value) }),
  );
  return { families: new Set(families), samples: samples.filter(({ value }) => Number.isFinite(value)) };
}

/** The samples of all texts; a family that a later text declares takes the place of the same one before. */
export function overlaid(texts: readonly string[]): Sample[] {
  let all: Sample[] = [];
  for (const { families, samples } of texts.map(parseExposition))
    all = [...all.filter(({ name }) => !families.has(name)), ...samples];
  return all;
}

/** Second at which the samples were taken: that of the latest run. */
export function recordedAt(samples: readonly Sample[]): number {
  const runs = samples.filter(({ name }) => name === 'erp_monitor_last_run_timestamp_seconds');
  return Math.max(...runs.map(({ value }) => value));
}

/**
 * The samples of `count` companies: the companies that are there, in turn, under further names. What names no company is
 * there once.
 */
export function forCompanies(samples: readonly Sample[], count: number): Sample[] {
  const templates = [...new Set(samples.flatMap(({ labels }) => labels['company'] ?? []))];
  return samples.flatMap((sample) => {
    const { company } = sample.labels;
    if (company === undefined) return [sample];
    const copies = [];
    for (let index = templates.indexOf(company); index < count; index += templates.length)
      copies.push(index < templates.length ? sample : ofCompany(sample, index + 1));
    return copies;
  });
}

function ofCompany(sample: Sample, number: number): Sample {
  const company = `company-${String(number).padStart(2, '0')}`;
  const title = 'title' in sample.labels ? { title: `Company ${number} & Sons NV` } : {};
  return { ...sample, labels: { ...sample.labels, company, ...title } };
}

/** What the exporter goes on saying anew: such an instant follows the clock. */
const followsClock =
  /^erp_(monitor_last|last_sync|last_finished|oldest_waiting|job_last|reconciliation_verified_through|reconciliation_oldest_audit|reconciliation_unchecked_since)\w*_timestamp_seconds$/;
const isCounter = /(_total|_sum|_count|_bucket)$/;
const isSetting = /(_threshold|_interval_seconds)$/;
const comesAndGoes = /(_records|_records_by_error|_today|_amount|_seconds|_bytes|_rows)$/;

/** A share between 0.5 and 1 that is 1 at the recording and differs from series to series. */
function wave(secondsAgo: number, phase: number): number {
  const swing = (at: number): number => Math.sin((at / 5000) * Math.PI + phase);
  return 1 - Math.abs(swing(secondsAgo) - swing(0)) / 4;
}

/**
 * What a series said some seconds before the recording. Failures began fourteen hours ago, counters grow, instants that
 * follow the clock do so, settings stand still, what is counted or measured comes and goes.
 */
export function valueAt({ name, value, labels }: Sample, secondsAgo: number): number {
  if (followsClock.test(name)) return value - secondsAgo;
  if (isCounter.test(name)) return value + (90_000 - secondsAgo) / 600;
  if (isSetting.test(name) || name.endsWith('_timestamp_seconds') || !comesAndGoes.test(name)) return value;
  if (name.startsWith('erp_failed_records') && secondsAgo > 14 * 3600) return 0;
  const moved = value * wave(secondsAgo, JSON.stringify(labels).length);
  return Number.isInteger(value) ? Math.round(moved) : moved;
}

/** Seconds before the recording at which there are samples, the oldest first. */
export function moments(hours: number, stepSeconds: number): number[] {
  const count = Math.floor((hours * 3600) / stepSeconds);
  return Array.from({ length: count + 1 }, (_, index) => (count - index) * stepSeconds);
}

/** Alerts are Prometheus's own: they bear no target. All else is scraped from each replica. */
function targetsOf({ name }: Sample, replicas: readonly string[]): Record<string, string>[] {
  return name.startsWith('ALERTS') ? [{}] : replicas.map((instance) => ({ instance, job: 'erp-exporter' }));
}

/** Lines in OpenMetrics's format for the moments that are given, scraped from each of the replicas. */
export function* openMetrics(
  samples: readonly Sample[],
  replicas: readonly string[],
  ago: readonly number[],
): Generator<string> {
  const at = recordedAt(samples);
  for (const sample of samples)
    for (const target of targetsOf(sample, replicas)) {
      const pairs = Object.entries({ ...sample.labels, ...target });
      const labels = pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(',');
      yield ago
        .map((seconds) => `${sample.name}{${labels}} ${valueAt(sample, seconds)} ${at - seconds}\n`)
        .join('');
    }
  yield '# EOF\n';
}
