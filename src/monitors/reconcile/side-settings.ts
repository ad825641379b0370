import { z } from 'zod';
import { databaseName, queryText, sqlText } from '../shared/settings.ts';

/** A column name in the configuration that needs no quoting in any dialect. */
export const columnName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    'is not a plain column name; rename it with AS in the query, using letters, digits and _',
  );

/** Columns with a fixed meaning; those of `compare` come on top. */
export const ownColumns = ['record', 'at', 'changed_at', 'amount', 'currency'] as const;

const expression = sqlText.describe('A column, or an expression of SQL.');

/** One side: a query, or a table with its columns. */
export const side = (which: string, example: string) =>
  z.strictObject({
    database: databaseName.describe(`The database that holds the ${which} side.`),
    title: z
      .string()
      .trim()
      .min(1)
      .max(40)
      .optional()
      .describe('Display name of this side; absent: the name of its database.')
      .meta({ examples: [example] }),
    query: queryText
      .optional()
      .describe(
        'A query that returns one row per record: `record` (its key), the columns of `compare`, and if possible `at` ' +
          '(when it was handed over), `changed_at`, `amount` and `currency`. No ORDER BY. Instead of `table`.',
      )
      .meta({
        examples: [
          'SELECT number AS record, exported_at AS at, total, total AS amount, currency FROM orders WHERE company = :company',
        ],
      }),
    table: sqlText
      .optional()
      .describe('A table or view, as SQL names it; with `columns`. Instead of `query`.')
      .meta({ examples: ['dbo.SalesOrder'] }),
    columns: z
      .record(columnName, expression)
      .optional()
      .describe('For `table`: which column, or expression, is `record`, `at` and so on.')
      .meta({ examples: [{ record: 'external_no', at: 'order_date', total: 'amount_incl_vat' }] }),
    where: sqlText
      .optional()
      .describe('For `table`: which of its rows count.')
      .meta({ examples: ['company = :company'] }),
  });

export type SideSettings = z.output<ReturnType<typeof side>>;
