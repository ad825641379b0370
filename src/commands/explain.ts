import { expandEnvironment } from '../config/source/environment.ts';
import type { Environment } from '../config/source/environment.ts';
import { readText, resolveBeside } from '../config/source/files.ts';
import { readKnownErrors, shippedErrorsFile } from '../config/sections/known-errors-file.ts';
import { readSource } from '../config/source/positions.ts';
import { formatProblem } from '../config/source/problem.ts';
import { isMapping } from '../config/sections/entries.ts';
import { formatDuration } from '../duration.ts';
import { languages, retryWaitMs } from '../known-errors/catalogue.ts';
import type { Catalogue, Language } from '../known-errors/catalogue.ts';
import { createClassifier } from '../known-errors/classify.ts';
import type { Match } from '../known-errors/classify.ts';
import { codesInColumn } from '../known-errors/codes.ts';
import { suggestEntry } from '../known-errors/entry.ts';
import type { MessageKey } from '../texts/messages.ts';
import { Translator } from '../texts/translator.ts';

export interface ExplainOptions {
  /** A message, or a code as the column `code` of a query holds it. */
  readonly text: string;
  readonly flow: string | undefined;
  /** One of `languages`; any other stands for English. */
  readonly language: string;
  /** A configuration, whose `known_errors_file` is looked into too. */
  readonly file: string | undefined;
  readonly env: Environment;
  /** Receives each line, without its newline. */
  readonly write: (line: string) => void;
}

/** What a configuration says of own known errors. Nothing else of it is looked at, so that no secret need be set. */
interface OwnErrors {
  readonly file: string | undefined;
  readonly responders: readonly string[];
}

/** @returns why not, as a text, when the configuration cannot be read. */
async function ownErrorsOf(configFile: string | undefined, env: Environment): Promise<OwnErrors | string> {
  const none = { file: undefined, responders: [] };
  if (configFile === undefined) return none;
  const found = await readText(configFile);
  if ('fault' in found) return `${configFile}: cannot be read: ${found.fault}`;
  const source = readSource(found.text);
  if (!isMapping(source.data)) return none;
  const { known_errors_file: named, responders } = source.data;
  const { data, problems } = expandEnvironment(named, env, () => false);
  if (problems[0] !== undefined) return `${configFile}: known_errors_file: ${problems[0].message}`;
  return {
    file: typeof data === 'string' && data.trim() !== '' ? resolveBeside(configFile, data.trim()) : undefined,
    responders: isMapping(responders) ? Object.keys(responders) : [],
  };
}

function languageOf(name: string): Language {
  return languages.find((language) => language === name) ?? 'en';
}

/** Lines of labels and values, the values below one another. */
function labelled(
  t: Translator,
  rows: readonly (readonly [label: MessageKey, value: string])[],
): readonly string[] {
  const labels = rows.map(([label]) => `${t.text(label)}${t.language === 'fr' ? ' :' : ':'}`);
  const width = Math.max(...labels.map((label) => label.length));
  return rows.map(([, value], index) => `${(labels[index] ?? '').padEnd(width)} ${value}`);
}

function explainKnown({ entry, by }: Match, t: Translator, write: (line: string) => void): void {
  const { language } = t;
  write(`${entry.id} (${entry.category}): ${entry.title[language]}`);
  write(`  ${entry.explanation[language]}`);
  const retry = entry.retryable
    ? t.text('explain.retry_helps', { given: formatDuration(retryWaitMs(entry)) })
    : t.text('explain.retry_does_not');
  const reason =
    'code' in by
      ? t.text('explain.by_code', { given: by.code })
      : t.text('explain.by_pattern', { given: by.pattern });
  const whose = t.text(entry.own ? 'explain.own' : 'explain.shipped');
  const lines = labelled(t, [
    ['label.action', entry.action[language]],
    ['label.first_responder', entry.responder],
    ['explain.retry', retry],
    ['explain.matched_by', `${reason}, ${whose}`],
  ]);
  for (const line of lines) write(line);
}

function explainUnknown(
  { text, flow, write }: ExplainOptions,
  t: Translator,
  error: string,
  codes: readonly string[],
): void {
  write(t.text('explain.unknown', { given: error }));
  if (flow === undefined) write(t.text('explain.name_flow'));
  write(t.text('explain.make_known'));
  write('');
  for (const line of suggestEntry(text, codes).split('\n')) write(`  ${line}`);
}

function noteLimited({ errors }: Catalogue, { flow, write }: ExplainOptions, t: Translator): void {
  const limited = errors.filter(({ flows }) => flows.length > 0).map(({ id }) => id);
  if (flow === undefined && limited.length > 0)
    write(t.text('explain.not_tried', { given: limited.join(', ') }));
}

/**
 * `erp-exporter explain`: which known error a text or a code is, what it means, what to do, who acts first and by what it was
 * recognised; for an unknown one its fingerprint and an entry to paste.
 *
 * @returns the exit code: 0 when it is known, 3 when it is not, 1 when a file is wrong.
 */
export async function explain(options: ExplainOptions): Promise<number> {
  const { text, flow, write } = options;
  const t = new Translator(languageOf(options.language));
  const own = await ownErrorsOf(options.file, options.env);
  if (typeof own === 'string') {
    write(own);
    return 1;
  }
  const { catalogue, problems } = await readKnownErrors(shippedErrorsFile, own.file, own);
  for (const problem of problems) write(formatProblem(problem));
  if (problems.length > 0) return 1;
  const classifier = createClassifier(catalogue);
  const isCode = !/\s/.test(text.trim()) && codesInColumn(text).length > 0;
  const failure = { code: isCode ? text : '', message: isCode ? '' : text, flow: flow ?? '' };
  const match = classifier.match(failure);
  if (match !== undefined) explainKnown(match, t, write);
  else explainUnknown(options, t, classifier.classify(failure).error, isCode ? codesInColumn(text) : []);
  noteLimited(catalogue, options, t);
  return match === undefined ? 3 : 0;
}
