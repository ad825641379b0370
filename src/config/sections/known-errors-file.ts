import { fileURLToPath } from 'node:url';
import {
  buildCatalogue,
  knownErrorSchema,
  knownErrorsFileSchema,
  responders,
  triedPatterns,
} from '../../known-errors/catalogue.ts';
import type { Catalogue, KnownError } from '../../known-errors/catalogue.ts';
import { readText } from '../source/files.ts';
import { suggest } from '../source/nearest.ts';
import { readSource } from '../source/positions.ts';
import type { ConfigProblem } from '../source/problem.ts';
import { Report } from '../source/report.ts';
import { isMapping } from './entries.ts';

/** The shipped catalogue. It has the same relative path from the sources and from the build. */
export const shippedErrorsFile = fileURLToPath(new URL('../../../config/known-errors.yml', import.meta.url));

export interface KnownErrorsOptions {
  /** Names of the section `responders`, which the user's entries may name besides the built-in ones. */
  readonly responders: readonly string[];
  /** Flows of the configuration, to which the user's entries may be limited. Absent: any flow. */
  readonly flows?: readonly string[];
}

type Entry = Omit<KnownError, 'own'>;

interface FileEntries {
  readonly entries: readonly { readonly entry: Entry; readonly index: number }[];
  readonly report: Report | undefined;
  readonly problems: readonly ConfigProblem[];
}

async function readEntries(file: string, schema: ReturnType<typeof knownErrorSchema>): Promise<FileEntries> {
  const found = await readText(file);
  if ('fault' in found) {
    const message = `cannot be read: ${found.fault}`;
    return { entries: [], report: undefined, problems: [{ file, line: 1, column: 1, path: '', message }] };
  }
  const source = readSource(found.text);
  const report = new Report(file, source, { data: source.data, expanded: new Set(), problems: [] });
  if (!isMapping(source.data)) {
    report.problem([], 'contains no known errors; add errors: with a list below it');
    return { entries: [], report, problems: report.problems };
  }
  const list = report.read(knownErrorsFileSchema, source.data, [])?.errors ?? [];
  const entries = list.flatMap((value, index) => {
    const entry = report.read(schema, value, ['errors', index]);
    return entry === undefined ? [] : [{ entry, index }];
  });
  checkIds(entries, report);
  return { entries, report, problems: report.problems };
}

function checkIds(entries: FileEntries['entries'], report: Report): void {
  const first = new Map<string, number>();
  for (const { entry, index } of entries) {
    const before = first.get(entry.id);
    if (before === undefined) first.set(entry.id, index);
    else
      report.problem(
        ['errors', index, 'id'],
        `errors[${before}] has the id ${JSON.stringify(entry.id)} too; give each its own id`,
      );
  }
}

/** Checks the user's entries against the configuration and the shipped entries. */
function checkOwnEntries(
  { entries, report }: FileEntries,
  shipped: readonly Entry[],
  flows: readonly string[] | undefined,
): void {
  if (report === undefined) return;
  for (const { entry, index } of entries) {
    for (const [position, flow] of entry.flows.entries())
      if (flows !== undefined && !flows.includes(flow))
        report.problem(
          ['errors', index, 'flows', position],
          `no monitor has the flow ${JSON.stringify(flow)}; ${suggest(flow, flows, 'there are none')}`,
        );
    if (entry.flows.length > 0 && shipped.some(({ id }) => id === entry.id))
      report.problem(
        ['errors', index, 'id'],
        `replaces the shipped entry ${JSON.stringify(entry.id)}, which would then be missing in every other flow; give it another id, or remove flows`,
      );
  }
}

/**
 * Reads the shipped known errors and the user's own. Never throws because of the content of a file, nor when it is missing.
 *
 * @param ownFile path as messages show it; undefined when there is none.
 * @returns the catalogue of the valid entries, and the problems of the others.
 */
export async function readKnownErrors(
  shippedFile: string,
  ownFile: string | undefined,
  options: KnownErrorsOptions,
): Promise<{ readonly catalogue: Catalogue; readonly problems: readonly ConfigProblem[] }> {
  const shipped = await readEntries(shippedFile, knownErrorSchema(responders, triedPatterns));
  const shippedEntries = shipped.entries.map(({ entry }) => entry);
  if (ownFile === undefined)
    return { catalogue: buildCatalogue(shippedEntries, []), problems: shipped.problems };
  const parties = [...new Set([...responders, ...options.responders])];
  const own = await readEntries(ownFile, knownErrorSchema(parties));
  checkOwnEntries(own, shippedEntries, options.flows);
  return {
    catalogue: buildCatalogue(
      shippedEntries,
      own.entries.map(({ entry }) => entry),
    ),
    problems: [...shipped.problems, ...(own.report?.problems ?? own.problems)],
  };
}
