import type { Company, NotifyRule, Responder } from '../config.ts';
import { notifySchema } from '../schema/alerting.ts';
import { knownResponders } from '../schema/values.ts';
import { nearest } from '../source/nearest.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';
import { isMapping, listOf } from './entries.ts';
import type { Mapping } from './entries.ts';
import { matchOf } from './matching.ts';
import type { References } from './references.ts';

/** The valid companies and responders of a configuration. */
export interface Parties {
  readonly companies: ReadonlyMap<string, Company>;
  readonly responders: ReadonlyMap<string, Responder>;
}

/** What rules are checked with. */
export interface RuleReferences {
  readonly references: References;
  /** The flows of all monitors. */
  readonly flows: readonly string[];
  readonly report: Report;
}

/** A value or a list of values, with the path of each. */
function each(value: unknown, path: Path): readonly { readonly value: unknown; readonly path: Path }[] {
  return Array.isArray(value)
    ? value.map((item: unknown, index) => ({ value: item, path: [...path, index] }))
    : [{ value, path }];
}

/** A flow that no monitor has is a misspelling if it resembles one; else it may be that of an endpoint, which is configured elsewhere. */
function checkFlow(flow: unknown, path: Path, flows: readonly string[], report: Report): void {
  if (typeof flow !== 'string' || flow === '' || flows.includes(flow)) return;
  const near = nearest(flow, flows);
  const what = `no monitor has the flow ${JSON.stringify(flow)}`;
  if (near === undefined) report.warn(path, `${what}; only alerts of endpoints can match`);
  else report.problem(path, `${what}; did you mean ${JSON.stringify(near)}?`);
}

/** Checks that every name in the `match` of a rule is defined. Works on the plain data. @param path of the rule. */
export function checkMatchReferences(
  match: unknown,
  path: Path,
  { references, flows, report }: RuleReferences,
): void {
  if (!isMapping(match)) return;
  for (const what of ['responder', 'company', 'monitor'] as const)
    for (const { value, path: at } of each(match[what], [...path, 'match', what]))
      references.expect(what, value, at);
  for (const { value, path: at } of each(match['flow'], [...path, 'match', 'flow']))
    checkFlow(value, at, flows, report);
}

/** Checks that every name in `notify:` is defined. Works on the plain data, so that it also covers entries with other problems. */
export function checkNotifyReferences(root: Mapping, given: RuleReferences): void {
  for (const [index, entry] of listOf(root, 'notify').entries()) {
    if (!isMapping(entry)) continue;
    const path = ['notify', index];
    for (const { value, path: at } of each(entry['to'], [...path, 'to']))
      given.references.expect('recipient', value, at);
    checkMatchReferences(entry['match'], path, given);
  }
}

/** Reports recipients of a rule that have no e-mail address. */
function checkRecipients(
  entry: unknown,
  rule: NotifyRule,
  path: Path,
  parties: Parties,
  report: Report,
): void {
  const { companies, responders } = parties;
  const addressed = new Set([
    ...responders.keys(),
    ...[...companies.values()].flatMap((company) => [...(company.responders?.keys() ?? [])]),
  ]);
  const wanted = isMapping(entry) ? each(entry['to'], [...path, 'to']) : [];
  for (const { value, path: at } of wanted) {
    if (value === 'company') {
      const unreachable = (rule.match.company ?? [...companies.keys()]).filter(
        (company) => companies.has(company) && companies.get(company)?.contacts === undefined,
      );
      const [first] = unreachable;
      if (first !== undefined)
        report.problem(
          at,
          `no contacts for company ${unreachable.join(', ')}; add companies.${first}.contacts, or select other companies in match`,
        );
    } else if (value === 'responder') {
      const unreachable = (rule.match.responder ?? []).filter((responder) => !addressed.has(responder));
      const [first] = unreachable;
      if (first !== undefined)
        report.problem(at, `no addresses for responder ${unreachable.join(', ')}; add responders.${first}`);
      else if (addressed.size === 0) report.problem(at, 'no responder has addresses; add responders');
    } else if (typeof value === 'string' && !addressed.has(value) && knownResponders.includes(value))
      report.problem(at, `no addresses for responder ${value}; add responders.${value}`);
  }
}

function checkTimes(rule: NotifyRule, path: Path, report: Report): void {
  const { digestMs, repeatMs, match } = rule;
  if (digestMs === undefined) return;
  if (repeatMs < digestMs)
    report.problem(
      [...path, 'digest'],
      'is longer than repeat, so that repeated mails would be late; lengthen repeat or shorten digest',
    );
  if (match.severity?.every((severity) => severity === 'critical') === true)
    report.problem(
      [...path, 'digest'],
      'applies only to alerts that are not critical, but match selects only critical ones; remove it',
    );
}

/** Reads `notify:` and collects the problems. @returns the valid rules. */
export function readNotify(root: Mapping, parties: Parties, report: Report): readonly NotifyRule[] {
  return listOf(root, 'notify').flatMap((value, index) => {
    const path = ['notify', index];
    const entry = report.read(notifySchema, value, path);
    if (entry === undefined) return [];
    const rule = {
      match: matchOf(entry.match),
      to: [...new Set([entry.to].flat())],
      repeatMs: entry.repeat,
      ...(entry.digest === undefined ? {} : { digestMs: entry.digest }),
    };
    checkRecipients(value, rule, path, parties, report);
    checkTimes(rule, path, report);
    return [rule];
  });
}
