import type { RunContext } from '../contract.ts';
import { noteCurrencies } from '../shared/currencies.ts';
import type { CompanyRecords } from './company-status.ts';
import type { OpenRecords } from './open-records.ts';
import type { RecordSettings } from './settings.ts';

/** The currencies in which amounts of a company are exported, 0 included. */
export interface Currencies {
  readonly failed: readonly string[];
  readonly waiting: readonly string[];
  readonly open: readonly string[];
}

/** What amounts can come from. */
export type Query = 'failed' | 'waiting';

const sourceOf = (query: Query, company: string): string => JSON.stringify([query, company]);

/**
 * Notes the currencies of a run. One that was seen in either query, or stands in a threshold, is exported for both; not for a query
 * that never showed an amount and does not name one: what its records are worth is unknown, not 0.
 *
 * @param namesAmount whether what is read names amounts, also where there are none.
 * @returns by company.
 */
export function currenciesOf(
  run: RunContext<RecordSettings>,
  seen: ReadonlyMap<string, Pick<CompanyRecords, Query>>,
  namesAmount: (query: Query) => boolean,
): ReadonlyMap<string, Currencies> {
  const shown = (records: OpenRecords<unknown> | undefined) => records?.amounts().map(([code]) => code) ?? [];
  const known = noteCurrencies(
    run.state,
    new Map(
      [...seen].flatMap(([company, records]) =>
        (['failed', 'waiting'] as const).map((query) => [sourceOf(query, company), shown(records[query])]),
      ),
    ),
  );
  return new Map(
    [...seen.keys()].map((company) => {
      const of = (query: Query) => known.get(sourceOf(query, company)) ?? [];
      const thresholds = Object.keys(run.settings.amount_threshold ?? {});
      const open = [...new Set([...thresholds, ...of('failed'), ...of('waiting')])];
      const has = (query: Query) => of(query).length > 0 || namesAmount(query);
      return [company, { failed: has('failed') ? open : [], waiting: has('waiting') ? open : [], open }];
    }),
  );
}
