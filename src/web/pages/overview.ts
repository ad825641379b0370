import type { DatabaseStatus, Snapshot, UnitStatus } from '../../poll/snapshot.ts';
import type { Company } from '../../config/config.ts';
import type { OpenRecord, Verdict } from '../../monitors/contract.ts';
import type { Instant } from '../../time.ts';
import { escapeHtml } from '../html.ts';

export interface OverviewContext {
  readonly now: Instant;
  /** Zone for times that belong to no company. */
  readonly timezone: string;
  readonly version: string;
  readonly routePrefix: string;
}

type State = 'ok' | 'warning' | 'critical' | 'unknown';

const stateWords: Readonly<Record<State, string>> = {
  ok: 'OK',
  warning: 'Warning',
  critical: 'Critical',
  unknown: 'No data',
};

const style = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.4; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1.5rem; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); vertical-align: top; }
th { font-weight: 600; font-size: .85rem; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.state { display: inline-block; min-width: 4.5rem; padding: 0 .5rem; border-radius: .3rem; color: #fff; text-align: center; font-size: .85rem; }
.ok { background: #18713a; } .warning { background: #8a5a00; } .critical { background: #b3261e; } .unknown { background: #5f6368; }
.problem { overflow-wrap: anywhere; }
details { font-size: .85rem; } ul { margin: .2rem 0; padding-left: 1.2rem; }
.note { opacity: .75; font-size: .85rem; }
footer { font-size: .85rem; opacity: .75; }
@media (max-width: 40rem) {
  body { padding: .6rem; }
  th, td { padding: .3rem; font-size: .85rem; overflow-wrap: anywhere; }
  .monitors td:nth-child(2) { min-width: 6.5rem; }
  td.time { white-space: normal; }
  .state { min-width: 0; padding: 0 .3rem; overflow-wrap: normal; }
  .monitors :is(th, td):nth-child(3) { display: none; }
}
`;

function age(from: Instant, now: Instant): string {
  const seconds = Math.max(0, Math.round((now - from) / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

function clock(at: Instant, timezone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: timezone,
  }).format(at);
}

function time(at: Instant, now: Instant, timezone: string): string {
  const exact = `${clock(at, timezone)} (${timezone})`;
  return `<time datetime="${new Date(at).toISOString()}" title="${escapeHtml(exact)}">${age(at, now)}</time>`;
}

function badge(state: State): string {
  return `<span class="state ${state}">${stateWords[state]}</span>`;
}

/** The state of one company in one monitor. A failed run is a warning of its own: what is shown may be old. */
function stateOf(unit: UnitStatus, verdict: Verdict | undefined): { state: State; text: string } {
  const failure =
    unit.failure === null ? '' : `The last run failed (${unit.failure.reason}): ${unit.failure.message}`;
  if (verdict === undefined)
    return failure === '' ? { state: 'unknown', text: 'Not run yet' } : { state: 'unknown', text: failure };
  if (failure === '') return { state: verdict.state, text: verdict.text };
  return { state: verdict.state === 'ok' ? 'warning' : verdict.state, text: `${verdict.text}. ${failure}` };
}

/** The key of a record, as a link where it can be looked at. */
function recordLink({ record, url }: OpenRecord): string {
  const text = escapeHtml(record);
  return url === '' ? text : `<a href="${escapeHtml(url)}">${text}</a>`;
}

function recordItem(record: OpenRecord, context: { now: Instant; timezone: string }): string {
  const since = record.since === null ? '' : `, ${time(record.since, context.now, context.timezone)}`;
  const why = [record.call, record.code, record.error].filter((text) => text !== '').join(' · ');
  const words = why === '' ? '' : `: ${escapeHtml(why)}`;
  return `<li>${record.state} ${recordLink(record)}${since}${words}</li>`;
}

/** The records of a company that failed or are late, folded away; as many as the monitor lists. */
function recordList(unit: UnitStatus, company: Company, now: Instant): string {
  const records = (unit.reading?.records ?? []).filter((record) => record.company === company.name);
  if (records.length === 0) return '';
  const items = records.map((record) => recordItem(record, { now, timezone: company.timezone }));
  return `<details><summary>Records</summary><ul>${items.join('')}</ul></details>`;
}

function monitorRow(unit: UnitStatus, company: Company, now: Instant): string {
  const verdict = unit.reading?.verdicts.find((candidate) => candidate.company === company.name);
  const { state, text } = stateOf(unit, verdict);
  const data = unit.lastSuccess === null ? 'never' : time(unit.lastSuccess, now, company.timezone);
  const notes = (unit.reading?.notes ?? [])
    .map((note) => `<div class="note">${escapeHtml(note)}</div>`)
    .join('');
  const truncated =
    unit.reading?.truncated === true
      ? '<div class="note">More rows than max_rows: at least so many.</div>'
      : '';
  return `<tr><td>${badge(state)}</td><td>${escapeHtml(unit.monitor.name)}</td><td>${escapeHtml(unit.monitor.flow)}</td>
<td class="problem">${escapeHtml(text)}${truncated}${notes}${recordList(unit, company, now)}</td><td class="time">${data}</td></tr>`;
}

function companySection(company: Company, units: readonly UnitStatus[], now: Instant): string {
  const rows = units.map((unit) => monitorRow(unit, company, now)).join('\n');
  const project = company.project === '' ? '' : ` <small>${escapeHtml(company.project)}</small>`;
  return `<section><h2>${escapeHtml(company.title)}${project}</h2>
<table class="monitors"><thead><tr><th>State</th><th>Monitor</th><th>Flow</th><th>What was seen</th><th>Data of</th></tr></thead>
<tbody>${rows}</tbody></table></section>`;
}

function databaseRow({ name, driver, up, clockSkewSeconds, problem }: DatabaseStatus): string {
  const state = up ? badge('ok') : badge(problem === '' ? 'unknown' : 'critical');
  const words = up
    ? `clock ${(clockSkewSeconds ?? 0).toFixed(2)} s off`
    : problem === ''
      ? 'Not tried yet'
      : problem;
  return `<tr><td>${state}</td><td>${escapeHtml(name)}</td><td>${escapeHtml(driver)}</td><td class="problem">${escapeHtml(words)}</td></tr>`;
}

/** The page at `/`: companies and their monitors, with their state and the time of their data. Pure. */
export function renderOverview(snapshot: Snapshot, context: OverviewContext): string {
  const units = [...snapshot.units.values()].sort((a, b) =>
    a.monitor.name.localeCompare(b.monitor.name, 'en'),
  );
  const sections = snapshot.companies
    .map((company) => ({ company, served: units.filter((unit) => unit.companies.includes(company.name)) }))
    .filter(({ served }) => served.length > 0)
    .map(({ company, served }) => companySection(company, served, context.now));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>erp-exporter</title><link rel="icon" href="data:,"><style>${style}</style></head><body>
<h1>erp-exporter</h1>
<p><a href="${escapeHtml(context.routePrefix)}/metrics">Metrics</a></p>
${sections.join('\n')}
<section><h2>Databases</h2><table><thead><tr><th>State</th><th>Name</th><th>Driver</th><th></th></tr></thead>
<tbody>${[...snapshot.databases.values()].map(databaseRow).join('\n')}</tbody></table></section>
<footer>Version ${escapeHtml(context.version)}. Made at ${escapeHtml(clock(context.now, context.timezone))} (${escapeHtml(context.timezone)}); reload for newer figures.</footer>
</body></html>
`;
}
