import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { withHostile } from './hostile.ts';
import type { LoadedPrometheus } from './prometheus.ts';
import { loadedPrometheus } from './prometheus.ts';
import { forCompanies, moments, openMetrics, overlaid, recordedAt } from './series.ts';

const metricsFolder = new URL('../../../../tests/grafana/fixtures/', import.meta.url);
const replicas = ['exporter-0:9464', 'exporter-1:9464'] as const;
const hoursRecorded = 25;

export interface DayOptions {
  readonly companies: number;
  /** Records, jobs and monitors with hostile names beside the ordinary ones. */
  readonly hostile: boolean;
  /** Seconds between samples; absent: as many as a recording needs, fewer with many companies. */
  readonly stepSeconds?: number;
}

/** A day of two replicas in a real Prometheus. */
export interface Day {
  readonly prometheus: LoadedPrometheus;
  /** Whole second at which the dashboards are looked at: the end of the day. */
  readonly time: number;
  /** Seconds between samples. */
  readonly stepSeconds: number;
}

/** Tells texts apart: whether an answer was recorded for the expression that the dashboard now has, for one. */
export function fingerprintOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The texts of metrics that the project's own tests of the dashboards use. */
async function metricTexts(): Promise<string[]> {
  const files = ['demo.metrics', 'incidents.metrics'];
  return Promise.all(files.map((file) => readFile(new URL(file, metricsFolder), 'utf8')));
}

/** Says whether a recording was made from the metrics that are there now. */
export async function metricsFingerprint(): Promise<string> {
  return fingerprintOf((await metricTexts()).join(''));
}

/** Loads a day; whoever does so stops its Prometheus. */
export async function loadDay({
  companies,
  hostile,
  stepSeconds = companies > 10 ? 1800 : 900,
}: DayOptions): Promise<Day> {
  const recorded = overlaid(await metricTexts());
  const samples = forCompanies(hostile ? withHostile(recorded) : recorded, companies);
  const lines = openMetrics(samples, replicas, moments(hoursRecorded, stepSeconds));
  const prometheus = await loadedPrometheus(lines, stepSeconds + 60);
  return { prometheus, time: Math.ceil(recordedAt(samples)), stepSeconds };
}
