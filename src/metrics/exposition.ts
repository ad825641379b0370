import type { KnownError } from '../known-errors/catalogue.ts';
import type { Family, Sample } from '../monitors/contract.ts';
import type { DatabaseStatus } from '../poll/snapshot.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Company } from '../config/config.ts';
import type { Instant } from '../time.ts';
import {
  companyFamily,
  databaseFamilies,
  failureReasons,
  knownErrorFamily,
  maintenanceFamily,
  openFamily,
  stateFamily,
  statusFamilies,
} from '../exporter-families.ts';
import { circumstancesAt, judgementsOf, monitorStates } from '../judgement.ts';

/**
 * The text format of Prometheus, version 0.0.4:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Lines of one task by family: rendered once, when its reading arrives. */
export type Fragment = ReadonlyMap<Family, string>;

/** A label value as it stands between quotes. */
export function escapeLabel(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** A sample value as Go's ParseFloat reads it. */
export function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

/** `# HELP` and `# TYPE` of a family. */
export function header(family: Family): string {
  const help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${family.name} ${help}\n# TYPE ${family.name} ${family.type}\n`;
}

function labelText(labels: readonly (readonly [string, string])[]): string {
  return labels.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join(',');
}

/** A series. @param fixed labels before those of the family, as text. */
export function line(
  family: Family,
  fixed: string,
  labels: Readonly<Record<string, string>>,
  value: number,
): string {
  const own = labelText(family.labels.map((name) => [name, labels[name] ?? '']));
  const separator = fixed !== '' && own !== '' ? ',' : '';
  return `${family.name}{${fixed}${separator}${own}} ${formatValue(value)}\n`;
}

const seconds = (at: Instant) => at / 1000;

/** The label that every series bears, where there is one, as text. @param environment '' for none. */
export const environmentText = (environment: string): string => labelText(environmentLabel(environment));

/** The label that every series bears, where there is one. @param environment '' for none. */
function environmentLabel(environment: string): readonly (readonly [string, string])[] {
  return environment === '' ? [] : [['environment', environment]];
}

/** The labels that every series of a task bears for one of its companies, as text. */
function taskLabels(task: TaskStatus, company: string, environment: string): string {
  return labelText([
    ...environmentLabel(environment),
    ['company', company],
    ['flow', task.monitor.flow],
    ['monitor', task.monitor.name],
  ]);
}

/** Values of the status families for a task; the same for each company of a run that serves several. */
function statusSamples(
  task: TaskStatus,
  language: string,
): [Family, Readonly<Record<string, string>>, number][] {
  const { monitor, failure, lastRun, lastSuccess, reading } = task;
  const f = statusFamilies;
  const info = {
    kind: monitor.kind.kind,
    database: monitor.databases.join(','),
    criticality: monitor.criticality,
    responder: monitor.responder,
    sends: monitor.sends,
    language,
  };
  const samples: [Family, Readonly<Record<string, string>>, number][] = [
    [f.info, info, 1],
    [f.interval, {}, task.intervalSeconds],
    [f.runs, {}, task.runs],
    [f.skipped, {}, task.skipped],
  ];
  if (lastRun !== null) {
    samples.push([f.success, {}, failure === null ? 1 : 0]);
    samples.push([f.duration, {}, task.durationSeconds]);
    samples.push([f.lastRun, {}, seconds(lastRun)]);
  }
  if (lastSuccess !== null) samples.push([f.lastSuccess, {}, seconds(lastSuccess)]);
  if (reading !== null) {
    samples.push([f.truncated, {}, reading.truncated ? 1 : 0]);
    samples.push([f.notes, {}, reading.notes.length]);
  }
  // At 0 from the start: a counter that appears at 1 has no increase.
  for (const reason of failureReasons) samples.push([f.failures, { reason }, task.failures[reason] ?? 0]);
  return samples;
}

function renderSamples(
  samples: readonly Sample[],
  fixed: (company: string) => string,
  into: Map<Family, string[]>,
): void {
  for (const { family, company, labels, value } of samples) {
    const lines = into.get(family);
    const text = line(family, fixed(company), labels, value);
    if (lines === undefined) into.set(family, [text]);
    else lines.push(text);
  }
}

function joined(lines: ReadonlyMap<Family, readonly string[]>): Fragment {
  return new Map([...lines].map(([family, texts]) => [family, texts.join('')]));
}

/** Fixed labels by company, each made once. */
function fixedLabels(task: TaskStatus, environment: string): (company: string) => string {
  const texts = new Map(task.companies.map((company) => [company, taskLabels(task, company, environment)]));
  return (company) => texts.get(company) ?? taskLabels(task, company, environment);
}

/**
 * Everything of a task that stays as it is until its next run.
 *
 * @param language that of a company.
 * @param environment the label `environment` of every series; '': there is no such label. So in all functions below.
 */
export function renderTask(
  task: TaskStatus,
  language: (company: string) => string,
  environment: string,
): Fragment {
  const fixed = fixedLabels(task, environment);
  const lines = new Map<Family, string[]>();
  for (const company of task.companies)
    for (const [family, labels, value] of statusSamples(task, language(company)))
      renderSamples([{ family, company, labels, value }], fixed, lines);
  if (task.reading !== null) renderSamples(task.reading.samples, fixed, lines);
  return joined(lines);
}

/** Written without samples of its own: it is made for every monitor at each scrape. */
function stateLines(fixed: string, state: string): string {
  return monitorStates
    .map((name) => `${stateFamily.name}{${fixed},state="${name}"} ${name === state ? 1 : 0}\n`)
    .join('');
}

/** What `renderLive` shows of a snapshot. */
interface LiveParts {
  readonly tasks: Iterable<TaskStatus>;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly environment: string;
}

/**
 * What moves with the clock: whether calendars are open, whether there is maintenance, how each monitor stands, and the live
 * samples of the readings. Headers included.
 */
export function renderLive({ tasks, maintenance, environment }: LiveParts, now: Instant): string {
  const circumstances = circumstancesAt(now, maintenance);
  const states: string[] = [];
  const lines = new Map<Family, string[]>();
  for (const task of tasks) {
    const fixed = fixedLabels(task, environment);
    const judgement = judgementsOf(task, circumstances);
    const open = task.monitor.calendar.isOpen(now) ? 1 : 0;
    for (const company of task.companies) {
      const covered = circumstances.maintenance.some((window) => window.covers(company, task.monitor.name))
        ? 1
        : 0;
      renderSamples(
        [
          { family: openFamily, company, labels: {}, value: open },
          { family: maintenanceFamily, company, labels: {}, value: covered },
        ],
        fixed,
        lines,
      );
      states.push(stateLines(fixed(company), judgement(company).state));
    }
    if (task.reading?.live !== undefined) renderSamples(task.reading.live(now), fixed, lines);
  }
  if (states.length > 0) lines.set(stateFamily, states);
  return [...joined(lines)].map(([family, text]) => header(family) + text).join('');
}

/** What `renderOthers` shows of a snapshot. */
interface OtherParts {
  readonly databases: Iterable<DatabaseStatus>;
  readonly companies: Iterable<Company>;
  readonly knownErrors: Iterable<KnownError>;
  readonly environment: string;
}

/** Databases, companies and known errors. Headers included. */
export function renderOthers({ databases, companies, knownErrors, environment }: OtherParts): string {
  const fixed = labelText(environmentLabel(environment));
  const lines = new Map<Family, string[]>();
  const add = (family: Family, labels: Readonly<Record<string, string>>, value: number) => {
    const texts = lines.get(family) ?? [];
    texts.push(line(family, fixed, labels, value));
    lines.set(family, texts);
  };
  for (const { name, driver, up, clockSkewSeconds } of databases) {
    const labels = { database: name, driver };
    add(databaseFamilies.up, labels, up ? 1 : 0);
    if (clockSkewSeconds !== null) add(databaseFamilies.skew, labels, clockSkewSeconds);
  }
  for (const { name, title, project, language } of companies)
    add(companyFamily, { company: name, title, project, language }, 1);
  for (const { id, category, responder, explanation, action } of knownErrors) {
    const meanings = new Map(Object.entries(explanation));
    for (const [language, text] of Object.entries(action)) {
      const texts = { explanation: meanings.get(language) ?? '', action: text };
      add(knownErrorFamily, { error: id, category, responder, language, ...texts }, 1);
    }
  }
  return [...joined(lines)].map(([family, text]) => header(family) + text).join('');
}
