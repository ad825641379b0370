import { z } from 'zod';
import { companyName } from './values.ts';

/** Those that a configuration gives; `alerts` comes with the token of `tickets:` alone. */
export const rights = [
  'metrics',
  'page',
  'records',
  'sql',
  'refresh',
  'tickets',
  'remedies',
  'reload',
] as const;

/** What a visitor may do. */
export const rightsSchema = z
  .array(z.enum(rights))
  .min(1)
  .describe(
    '`metrics`: scrape. `page`: open the page. `records`: see single records on it. `sql`: see the queries of monitors on it. `refresh`: have a monitor run at once. `tickets`: change tickets of the built-in tracker. `remedies`: have a failed record tried by a remedy at once; with all companies, also stop remedies, and let them go on. `reload`: `/-/reload` and `/-/quit`, with `--web.enable-lifecycle`.',
  )
  .meta({ examples: [['page', 'records']] });

/** Which companies a visitor sees. */
export const seenCompanies = z
  .array(companyName)
  .min(1)
  .optional()
  .describe('The companies that it sees, and no other. Absent: all.')
  .meta({ examples: [['acme']] });
