import type { Company } from '../../config/config.ts';
import { circumstancesAt, judgementsOf } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';
import type { OpenRecord } from '../../monitors/contract.ts';
import type { DatabaseStatus, Snapshot } from '../../poll/snapshot.ts';
import type { TaskStatus } from '../../poll/task-status.ts';
import type { Instant } from '../../time.ts';
import { html, link } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import { badge, timeAgo, wallTime } from './parts.ts';
import { style } from './style.ts';

export interface OverviewContext {
  readonly now: Instant;
  /** Zone for times that belong to no company. */
  readonly timezone: string;
  readonly version: string;
  readonly routePrefix: string;
  /** What is wrong with how the page is served; '' when nothing is. */
  readonly warning?: string;
}

function recordItem(record: OpenRecord, now: Instant, timezone: string): Html {
  const since = record.since === null ? '' : html`, ${timeAgo(record.since, now, timezone)}`;
  const why = [record.call, record.code, record.error].filter((text) => text !== '').join(' · ');
  const reason = why === '' ? '' : `: ${why}`;
  return html`<li>${record.state} ${link(record.url, record.record)}${since}${reason}</li>`;
}

/** The failed and late records of a company, folded away; as many as the monitor lists. */
function recordList(task: TaskStatus, company: Company, now: Instant): HtmlValue {
  const records = (task.reading?.records ?? []).filter((record) => record.company === company.name);
  if (records.length === 0) return '';
  const items = records.map((record) => recordItem(record, now, company.timezone));
  return html`<details><summary>Records</summary><ul>${items}</ul></details>`;
}

function notesOf({ reading }: TaskStatus): Html[] {
  const truncated =
    reading?.truncated === true
      ? ['More rows than max_rows, or more bytes than max_bytes: at least this many.']
      : [];
  return [...truncated, ...(reading?.notes ?? [])].map((note) => html`<div class="note">${note}</div>`);
}

/** A task with how it stands at each of its companies. */
interface JudgedTask {
  readonly task: TaskStatus;
  readonly judgement: (company: string) => Judgement;
}

function monitorRow({ task, judgement }: JudgedTask, company: Company, now: Instant): Html {
  const { state, text } = judgement(company.name);
  const data = task.lastSuccess === null ? 'never' : timeAgo(task.lastSuccess, now, company.timezone);
  const { name, flow } = task.monitor;
  return html`<tr><td>${badge(state)}</td><td>${name}</td><td>${flow}</td>
<td class="problem">${text}${notesOf(task)}${recordList(task, company, now)}</td><td class="time">${data}</td></tr>
`;
}

function companySection(company: Company, tasks: readonly JudgedTask[], now: Instant): Html {
  const project = company.project === '' ? '' : html` <small>${company.project}</small>`;
  return html`<section><h2>${company.title}${project}</h2>
<table class="monitors"><thead><tr><th>State</th><th>Monitor</th><th>Flow</th><th>Result</th><th>Data from</th></tr></thead>
<tbody>${tasks.map((task) => monitorRow(task, company, now))}</tbody></table></section>
`;
}

/** How far a clock may be off; ErpDatabaseClockSkew has the same limit. */
const mostSkewSeconds = 60;

function databaseJudgement({ up, clockSkewSeconds, problem }: DatabaseStatus): Judgement {
  if (!up)
    return problem === ''
      ? { state: 'no_data', text: 'Not tried yet' }
      : { state: 'critical', text: problem };
  if (clockSkewSeconds === null) return { state: 'ok', text: 'OK' };
  const clock = `clock ${clockSkewSeconds.toFixed(2)} s off`;
  return Math.abs(clockSkewSeconds) > mostSkewSeconds
    ? { state: 'warning', text: clock }
    : { state: 'ok', text: `OK, ${clock}` };
}

function databaseRow(database: DatabaseStatus): Html {
  const { state, text } = databaseJudgement(database);
  const { name, driver } = database;
  return html`<tr><td>${badge(state)}</td><td>${name}</td><td>${driver}</td><td class="problem">${text}</td></tr>
`;
}

/** The page at `/`: companies and their monitors, with their state and the time of their data. Pure. */
export function renderOverview(snapshot: Snapshot, context: OverviewContext): Html {
  const { now, timezone, version, routePrefix, warning = '' } = context;
  const circumstances = circumstancesAt(now, snapshot.maintenance);
  // As mails have it.
  const environment = snapshot.environment === '' ? '' : `[${snapshot.environment}] `;
  const tasks = [...snapshot.tasks.values()]
    .sort((a, b) => a.monitor.name.localeCompare(b.monitor.name, 'en'))
    .map((task) => ({ task, judgement: judgementsOf(task, circumstances) }));
  const sections = snapshot.companies
    .map((company) => ({
      company,
      served: tasks.filter(({ task }) => task.companies.includes(company.name)),
    }))
    .filter(({ served }) => served.length > 0)
    .map(({ company, served }) => companySection(company, served, now));
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${environment}erp-exporter</title><link rel="icon" href="data:,">${style()}</head><body>
<h1>${environment}erp-exporter</h1>
${warning === '' ? '' : html`<p role="alert">${badge('warning')} ${warning}</p>`}
<p>${link(`${routePrefix}/metrics`, 'Metrics')}</p>
${sections}<section><h2>Databases</h2><table><thead><tr><th>State</th><th>Name</th><th>Driver</th><th></th></tr></thead>
<tbody>${[...snapshot.databases.values()].map(databaseRow)}</tbody></table></section>
<footer>Version ${version}. Generated at ${wallTime(now, timezone)} (${timezone}); reload for newer values.</footer>
</body></html>
`;
}
