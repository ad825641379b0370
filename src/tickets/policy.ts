import { matches } from '../alert-match.ts';
import type { Labels } from '../alert-match.ts';
import type { Config, Tickets, TrackerSettings } from '../config/config.ts';

/**
 * - `tracker`: it becomes a ticket there
 * - `mail`: the first rule that fits says that it becomes none
 * - `no_rule`: none fits
 * - `no_company`: there is no such company
 * - `no_tracker`: its tracker is not for its company, or is not there
 * - `elsewhere`: it is of another environment
 */
export type Verdict =
  | { readonly type: 'tracker'; readonly tracker: string }
  | { readonly type: 'mail' | 'no_rule' | 'no_company' | 'no_tracker' | 'elsewhere' };

/** Whether tickets about a company may go to a tracker. @param company '': about none. */
export function mayHave(tracker: TrackerSettings | undefined, company: string): tracker is TrackerSettings {
  if (tracker === undefined) return false;
  return tracker.companies === 'all' || (company !== '' && tracker.companies.has(company));
}

/** What becomes of an alert. */
export function verdictOf(
  labels: Labels,
  { environment, companies }: Pick<Config, 'companies' | 'environment'>,
  { rules, trackers }: Pick<Tickets, 'rules' | 'trackers'>,
): Verdict {
  const { company = '', environment: of = '' } = labels;
  if (environment !== '' && of !== '' && of !== environment) return { type: 'elsewhere' };
  const rule = rules.find(({ match }) => matches(match, labels));
  if (rule === undefined) return { type: 'no_rule' };
  if (rule.tracker === undefined) return { type: 'mail' };
  if (company !== '' && !companies.has(company)) return { type: 'no_company' };
  return mayHave(trackers.get(rule.tracker), company)
    ? { type: 'tracker', tracker: rule.tracker }
    : { type: 'no_tracker' };
}
