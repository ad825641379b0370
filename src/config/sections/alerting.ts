import type { z } from 'zod';
import { link, notifySchema, smtpSchema } from '../schema/alerting.ts';
import type { Alerting, Company, NotifyMatch, NotifyRule, Responder, Smtp } from '../config.ts';
import { nearest } from '../source/explain.ts';
import type { Path } from '../source/positions.ts';
import { isMapping } from './references.ts';
import type { Mapping, References } from './references.ts';
import type { Report } from '../source/report.ts';
import { knownResponders, recipientWords } from '../schema/values.ts';

/** The parties of a configuration, as far as they are right. */
export interface Parties {
  readonly companies: ReadonlyMap<string, Company>;
  readonly responders: ReadonlyMap<string, Responder>;
}

/** The entries of `notify:`; none when it is no list, which the outline complains about. */
function notifyOf(root: Mapping): readonly unknown[] {
  const entries = root['notify'];
  return Array.isArray(entries) ? entries : [];
}

/** A value or a list of values, with the path of each. */
function each(value: unknown, path: Path): readonly { readonly value: unknown; readonly path: Path }[] {
  return Array.isArray(value)
    ? value.map((item: unknown, index) => ({ value: item, path: [...path, index] }))
    : [{ value, path }];
}

/** Says what is wrong with the entries in themselves. */
export function checkAlertingEntries(root: Mapping, report: Report): void {
  if (root['smtp'] !== undefined) report.read(smtpSchema, root['smtp'], ['smtp']);
  for (const [index, entry] of notifyOf(root).entries()) report.read(notifySchema, entry, ['notify', index]);
}

/** A flow that no monitor has is a slip, if it resembles one; else it may be that of an endpoint, of which this file says nothing. */
function checkFlow(flow: unknown, path: Path, flows: readonly string[], report: Report): void {
  if (typeof flow !== 'string' || flow === '' || flows.includes(flow)) return;
  const near = nearest(flow, flows);
  const what = `no monitor has the flow ${JSON.stringify(flow)}`;
  if (near === undefined) report.warn(path, `${what}; only alerts of endpoints can match`);
  else report.problem(path, `${what}; did you mean ${JSON.stringify(near)}?`);
}

/** Says of everything that `notify:` refers to whether it is defined. Looks at plain data, as an entry may be wrong elsewhere. */
export function checkNotifyReferences(
  root: Mapping,
  references: References,
  flows: readonly string[],
  report: Report,
): void {
  for (const [index, entry] of notifyOf(root).entries()) {
    if (!isMapping(entry)) continue;
    const path = ['notify', index];
    for (const { value, path: at } of each(entry['to'], [...path, 'to']))
      references.expect('recipient', value, at);
    const match = entry['match'];
    if (!isMapping(match)) continue;
    for (const what of ['responder', 'company', 'monitor'] as const)
      for (const { value, path: at } of each(match[what], [...path, 'match', what]))
        references.expect(what, value, at);
    for (const { value, path: at } of each(match['flow'], [...path, 'match', 'flow']))
      checkFlow(value, at, flows, report);
  }
}

function readSmtp(root: Mapping, report: Report): Smtp | undefined {
  if (root['smtp'] === undefined) return undefined;
  const entry = report.read(smtpSchema, root['smtp'], ['smtp']);
  if (entry === undefined) return undefined;
  const { smarthost, from, hello, username, password_file: passwordFile, require_tls: requireTls } = entry;
  if (username !== undefined && passwordFile === undefined)
    report.problem(['smtp'], 'a login needs its password; add password_file');
  if (passwordFile !== undefined && username === undefined)
    report.problem(['smtp'], 'a password needs its login; add username');
  return {
    smarthost,
    from,
    requireTls,
    ...(hello === undefined ? {} : { hello }),
    ...(username === undefined ? {} : { username }),
    ...(passwordFile === undefined ? {} : { passwordFile }),
  };
}

function matchOf(match: z.output<typeof notifySchema>['match']): NotifyMatch {
  const { alert, ...labels } = match;
  return Object.fromEntries(
    Object.entries({ alertname: alert, ...labels }).flatMap(([label, value]) =>
      value === undefined ? [] : [[label, [value].flat().map(String)]],
    ),
  );
}

/** What is wrong with whom a rule tells: parties that no mail can reach. */
function checkRecipients(
  entry: unknown,
  rule: NotifyRule,
  path: Path,
  around: Parties,
  report: Report,
): void {
  const { companies, responders } = around;
  const wanted = isMapping(entry) ? each(entry['to'], [...path, 'to']) : [];
  for (const { value, path: at } of wanted) {
    if (value === 'company') {
      const silent = (rule.match.company ?? [...companies.keys()]).filter(
        (company) => companies.has(company) && companies.get(company)?.contacts === undefined,
      );
      const [first] = silent;
      if (first !== undefined)
        report.problem(
          at,
          `company ${silent.join(', ')} has no contacts; add companies.${first}.contacts, or name other companies in match`,
        );
    } else if (value === 'responder') {
      const silent = (rule.match.responder ?? []).filter((responder) => !responders.has(responder));
      const [first] = silent;
      if (first !== undefined)
        report.problem(at, `responder ${silent.join(', ')} has no addresses; add responders.${first}`);
      else if (responders.size === 0) report.problem(at, 'no responder has addresses; add responders');
    } else if (typeof value === 'string' && !responders.has(value) && knownResponders.includes(value))
      report.problem(at, `${value} has no addresses; add responders.${value}`);
  }
}

function checkTimes(rule: NotifyRule, path: Path, report: Report): void {
  const { digestMs, repeatMs, match } = rule;
  if (digestMs === undefined) return;
  if (repeatMs < digestMs)
    report.problem(
      [...path, 'digest'],
      'is longer than repeat, so that mails would come later than they are due; lengthen repeat',
    );
  if (match.severity?.every((severity) => severity === 'critical') === true)
    report.problem(
      [...path, 'digest'],
      'holds only what is not critical, but match takes what is critical alone; remove it',
    );
}

function readNotify(root: Mapping, parties: Parties, report: Report): readonly NotifyRule[] {
  return notifyOf(root).flatMap((value, index) => {
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

/** A web address without the slash at its end; undefined when it is absent or wrong, which the outline complains about. */
function readLink(value: unknown): string | undefined {
  const parsed = link.safeParse(value);
  return parsed.success ? parsed.data.replace(/\/+$/, '') : undefined;
}

/** Who is told what, and how. What is wrong becomes problems. */
export function readAlerting(root: Mapping, parties: Parties, report: Report): Alerting {
  const smtp = readSmtp(root, report);
  if (root['notify'] !== undefined && root['smtp'] === undefined)
    report.problem(['notify'], 'sends mails, but nothing says through which server; add smtp', 'key');
  for (const word of recipientWords)
    if (parties.responders.has(word))
      report.problem(['responders', word], 'is a word of notify; call it otherwise', 'key');
  const pageUrl = readLink(root['page_url']);
  const grafanaUrl = readLink(root['grafana_url']);
  return {
    notify: readNotify(root, parties, report),
    ...(smtp === undefined ? {} : { smtp }),
    ...(pageUrl === undefined ? {} : { pageUrl }),
    ...(grafanaUrl === undefined ? {} : { grafanaUrl }),
  };
}
