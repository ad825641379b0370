import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { incidents } from './incidents.ts';
import type { Outcome, Verdict } from './month.ts';
import { rulesFile } from './promtool.ts';
import { alertTestFiles } from './test-files.ts';

const minutes = z.object({ from: z.number(), to: z.number() });
const labels = z.record(z.string(), z.string());
const detection = z.object({
  alert: z.string(),
  severity: z.string(),
  labels,
  afterMinutes: z.number(),
  firings: z.array(minutes),
});
const monthSchema = z.object({
  digest: z.string(),
  healthy: z.array(
    z.object({ alerts: z.array(z.object({ labels, firings: z.array(minutes) })), watchdogShare: z.number() }),
  ),
  incidents: z.array(z.object({ what: z.string(), detections: z.array(detection) })),
});
const rulesSchema = z.object({ digest: z.string() });

/** What promtool said of the simulated month. */
export interface RecordedMonth {
  readonly healthy: readonly Verdict[];
  readonly outcomes: readonly Outcome[];
}

const folder = new URL('../../fixtures/alerts/', import.meta.url);
const monthFile = new URL('month.json', folder);
const rulesRecord = new URL('rules.json', folder);

/** A file with all that it imports from this project, itself or by others, once each. */
function withImports(file: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(file)) return known;
  known.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/ from '(\.[^']+)'/g))
    withImports(fileURLToPath(new URL(specifier, pathToFileURL(file))), known);
  return known;
}

function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}\n${text}`);
  return hash.digest('hex');
}

/** Of the rules and of everything that the simulation and its judgement are made of. */
function monthDigest(): string {
  const files = [...withImports(fileURLToPath(new URL('month.ts', import.meta.url)))].sort();
  return digestOf([rulesFile, ...files].map((file) => readFileSync(file, 'utf8')));
}

/** Of the rules and of promtool's tests of them. */
function rulesDigest(): string {
  return digestOf([readFileSync(rulesFile, 'utf8'), ...alertTestFiles().values()]);
}

function write(file: URL, content: unknown): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
}

/** Keeps what promtool said of the month. */
export function recordMonth({ healthy, outcomes }: RecordedMonth): void {
  const named = outcomes.map(({ incident: { what }, detections }) => ({ what, detections }));
  write(monthFile, { digest: monthDigest(), healthy, incidents: named });
}

/** Keeps that promtool's tests passed. */
export function recordRules(): void {
  write(rulesRecord, { digest: rulesDigest() });
}

const stale = (file: URL) => `${fileURLToPath(file)} is of other rules or another simulation: run npm run generate:alerts`;

/** Undefined where nothing is recorded. @throws Error when the rules or the simulation have changed since the recording. */
export function recordedMonth(): RecordedMonth | undefined {
  if (!existsSync(monthFile)) return undefined;
  const { digest, healthy, incidents: recorded } = monthSchema.parse(JSON.parse(readFileSync(monthFile, 'utf8')));
  if (digest !== monthDigest()) throw new Error(stale(monthFile));
  const outcomes = recorded.map(({ detections }, index) => {
    const incident = incidents[index];
    if (incident === undefined) throw new Error(stale(monthFile));
    return { incident, detections };
  });
  return { healthy, outcomes };
}

/** Whether all tests of the rules are known to pass. @throws Error when the rules or their tests have changed since they did. */
export function areRulesTested(): boolean {
  if (!existsSync(rulesRecord)) return false;
  const { digest } = rulesSchema.parse(JSON.parse(readFileSync(rulesRecord, 'utf8')));
  if (digest !== rulesDigest()) throw new Error(stale(rulesRecord));
  return true;
}
