import { rename, writeFile } from 'node:fs/promises';
import type { Config, PrometheusServer } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { readSecret } from '../config/source/files.ts';
import { formatProblem } from '../config/source/problem.ts';
import { languages } from '../known-errors/catalogue.ts';
import { createAsker } from '../prometheus/asker.ts';
import type { Asker } from '../prometheus/asker.ts';
import { PrometheusError } from '../prometheus/problem.ts';
import { buildReport } from '../report/build.ts';
import type { ReportedCompany } from '../report/build.ts';
import { reportedCompany } from '../report/company.ts';
import { collect } from '../report/collect.ts';
import { reportCsv } from '../report/csv.ts';
import { documentOf } from '../report/document.ts';
import { reportHtml } from '../report/html.tsx';
import { endOf, periodEnding } from '../report/period.ts';
import type { Period, PeriodName } from '../report/period.ts';
import { reportText } from '../report/text.ts';
import type { CompanyReport } from '../report/types.ts';
import { Translator } from '../texts/translator.ts';
import { UsageError, meant } from './support/command-line.ts';

export const reportFormats = ['text', 'html', 'csv'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export interface ReportOptions {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly period: PeriodName;
  /** Names of companies; empty: all. */
  readonly companies: readonly string[];
  /** One of `languages`; undefined: that of each company. */
  readonly language: string | undefined;
  readonly format: ReportFormat;
  /** A date or a time with its offset; undefined: the last midnight at each company. */
  readonly end: string | undefined;
  /** Where the report is written; undefined: by `write`. */
  readonly output: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Receives the report: standard output. */
  readonly write: (text: string) => void;
  /** Receives what is wrong: standard error. */
  readonly writeError: (line: string) => void;
}

/** A company and the period of its report. */
interface Wanted {
  readonly company: ReportedCompany;
  readonly span: Period;
}

/** All questions about all companies together. */
const totalMs = 600_000;

/** What there is to do, where it differs from "try again". */
const hints: Readonly<Record<string, string>> = {
  refused: '; check username, password_file or token_file below prometheus:',
  slow: '; raise timeout below prometheus:, or ask for fewer companies or a shorter period',
  large: '; ask for a shorter period',
};

/** @returns the names, or what is wrong with one of them. */
function chosen(names: readonly string[], { companies }: Config): readonly string[] | string {
  const all = [...companies.keys()];
  for (const name of names)
    if (!companies.has(name)) return `there is no company ${JSON.stringify(name)}${meant(name, all)}`;
  return names.length === 0 ? all : [...new Set(names)];
}

/** @throws UsageError when `--end` is wrong. */
function spanOf({ timezone }: ReportedCompany, { period, end, now }: ReportOptions): Period {
  try {
    return periodEnding(period, endOf(end, timezone, now), timezone);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--end ${JSON.stringify(end)}: ${message}`);
  }
}

async function reportsOf(
  ask: Asker,
  config: Config,
  server: PrometheusServer,
  wanted: readonly Wanted[],
): Promise<readonly CompanyReport[]> {
  const reports: CompanyReport[] = [];
  for (const { company, span } of wanted) {
    const subject = { company: company.name, environment: config.environment, labels: server.labels };
    reports.push(buildReport(company, await collect(ask, subject, span), config.knownErrors));
  }
  return reports;
}

function translatorOf(language: string | undefined): Translator {
  return new Translator(languages.find((known) => known === language) ?? 'en');
}

function rendered(
  reports: readonly CompanyReport[],
  { companies }: Config,
  { language, format }: ReportOptions,
): string {
  const translators = reports.map(({ name }) => translatorOf(language ?? companies.get(name)?.language));
  if (format === 'csv') return reportCsv(reports, translators[0] ?? translatorOf(language));
  const documents = reports.map((found, index) =>
    documentOf(found, translators[index] ?? translatorOf(language)),
  );
  return format === 'html' ? reportHtml(documents) : reportText(documents);
}

/** Whoever reads the file never sees half of it. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { mode: 0o640 });
  await rename(draft, file);
}

function problemOf(error: unknown, { url }: PrometheusServer): string {
  if (error instanceof PrometheusError)
    return `prometheus ${url} was not read: ${error.message}${hints[error.problem] ?? ''}`;
  return error instanceof Error ? error.message : String(error);
}

/**
 * `erp-exporter report`: how the flows of companies stood over a day, a week or a month, from the Prometheus that the
 * configuration names.
 *
 * @returns the exit code: 0 when the report is written; 3 when it is, but says that nothing is known of a company; 1, and no
 *   report, when the configuration or a name is wrong, or Prometheus cannot be read.
 * @throws UsageError when `end` is wrong.
 */
export async function report(options: ReportOptions): Promise<number> {
  const { file, env, output, write, writeError } = options;
  const result = await loadConfig(file, { env });
  if (!result.ok) {
    for (const problem of result.problems) writeError(formatProblem(problem));
    return 1;
  }
  const { config } = result;
  const server = config.prometheus;
  if (server === undefined) {
    const message = 'is missing; add it: the address of the Prometheus that scrapes this exporter';
    writeError(formatProblem(result.problemAt(['prometheus'], message)));
    return 1;
  }
  const names = chosen(options.companies, config);
  if (typeof names === 'string') {
    writeError(names);
    return 1;
  }
  const wanted = names.map((name) => {
    const company = reportedCompany(name, config);
    return { company, span: spanOf(company, options) };
  });
  try {
    const ask = createAsker({ server, readSecret, total: AbortSignal.timeout(totalMs) });
    const reports = await reportsOf(ask, config, server, wanted);
    const text = rendered(reports, config, options);
    if (output === undefined) write(text);
    else await writeWhole(output, text);
    const silent = reports.filter(({ coverage }) => coverage.lastKnown === null);
    for (const { name } of silent)
      writeError(
        `nothing is known of ${name} in this period: prometheus has no samples, or no monitor could read`,
      );
    return silent.length > 0 ? 3 : 0;
  } catch (error) {
    writeError(problemOf(error, server));
    return 1;
  }
}
