import { readFile } from 'node:fs/promises';
import { configJsonSchema } from '../src/config/schema/json-schema.ts';
import { readKnownErrors, shippedErrorsFile } from '../src/config/sections/known-errors-file.ts';
import { knownErrorsJsonSchema } from '../src/config/schema/known-errors.ts';
import { configurationMarkdown } from './docs/configuration.ts';
import { knownErrorsMarkdown } from './docs/known-errors.ts';
import { kindsTable } from './docs/kinds.ts';
import { metricsMarkdown } from './docs/metrics.ts';
import { reasonsTable } from './docs/reasons.ts';
import { withGenerated } from './docs/table.ts';
import { errorTemplates } from '../src/notifications/error-texts.ts';
import { termTemplates } from '../src/notifications/term-templates.ts';
import { createOwnMetrics } from '../src/metrics/own.ts';
import type { MonitorKind } from '../src/monitors/contract.ts';
import { kinds as allKinds } from '../src/monitors/kinds.ts';

/** A page that is written by hand but for the parts between its marks. */
const page = (name: string): Promise<string> => readFile(new URL(`../docs/${name}`, import.meta.url), 'utf8');

/** The files that are generated from the sources, by path from the root of the repository. */
export async function generated(
  kinds: readonly MonitorKind[] = allKinds,
): Promise<ReadonlyMap<string, string>> {
  const { catalogue } = await readKnownErrors(shippedErrorsFile, undefined, { responders: [] });
  return new Map([
    ['alertmanager/templates/errors.tmpl', errorTemplates(catalogue)],
    ['alertmanager/templates/terms.tmpl', termTemplates()],
    ['config/erp-exporter.schema.json', `${JSON.stringify(configJsonSchema(kinds), null, 2)}\n`],
    ['config/known-errors.schema.json', `${JSON.stringify(knownErrorsJsonSchema(), null, 2)}\n`],
    ['docs/configuration.md', configurationMarkdown(kinds)],
    ['docs/known-errors.md', knownErrorsMarkdown(catalogue)],
    ['docs/operations.md', withGenerated(await page('operations.md'), 'reasons', reasonsTable())],
    [
      'docs/writing-a-monitor.md',
      withGenerated(await page('writing-a-monitor.md'), 'kinds', kindsTable(kinds)),
    ],
    ['docs/metrics.md', await metricsMarkdown(createOwnMetrics('0.0.0').registry, kinds)],
  ]);
}
