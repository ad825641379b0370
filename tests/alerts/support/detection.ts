import { incidents } from './incidents.ts';
import { mailsMarkdown } from './mails.ts';
import { detect, inParallel } from './month.ts';
import type { Detection, Outcome } from './month.ts';

/** Lets all incidents happen, each by itself. */
export async function detectAll(program: string): Promise<readonly Outcome[]> {
  const tasks = incidents.map((incident) => async () => ({
    incident,
    detections: await detect(program, incident),
  }));
  return inParallel(tasks, 2);
}

const intro = `# What is reported, after how long, to whom

Made by \`node scripts/alerts.ts\`; do not edit. A simulated web shop and ERP with two companies run for four weeks, 19 October to
15 November 2026: weekends, a holiday on 11 November, the end of summer time on 25 October. The incidents below happen in them; the
table shows which alerts the rules in \`alerts/erp.rules.yml\` raised, evaluated by promtool each minute.

Without the incidents no alert fires in the same four weeks, although the exporter is restarted twice, the shop's database is down
for ten minutes, records fail and succeed at their next retry, and jobs and syncs fail during an announced maintenance.

"After" is the time from the fault to the firing alert. It includes the time until the fault shows (a job that is due in ten
minutes), the thresholds of the simulated configuration, the monitor's interval (1 to 5 minutes) and the rule's \`for\`. The mail
follows after Alertmanager's \`group_wait\`. Time counts in business hours where a calendar is set: the sync that stops on a Friday
evening is reported on Monday morning.

The responder acts first, as the alert's label has it: that of the known error, otherwise of the monitor; "-" when there is none,
as for an unknown error. \`notify:\` in the configuration decides who gets a mail.

| when | what | alert | severity | about | after | responder |
| --- | --- | --- | --- | --- | --- | --- |
`;

const dayNames = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

function when(at: string): string {
  return `${dayNames.format(new Date(`${at}:00Z`))} ${at.slice(8, 10)}/${at.slice(5, 7)} ${at.slice(11)}`;
}

/** `3 d 2 h 5 min`, or `at once`. */
function duration(minutes: number): string {
  if (minutes === 0) return 'at once';
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Alerts that differ in nothing but the record are one row. */
function rowsOf(detections: readonly Detection[]): { detection: Detection; count: number }[] {
  const rows = new Map<string, { detection: Detection; count: number }>();
  for (const detection of detections) {
    const { alert, severity, labels, afterMinutes } = detection;
    const key = JSON.stringify([alert, severity, labels['company'], labels['monitor'], afterMinutes]);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { detection, count: 1 });
    else row.count += 1;
  }
  return [...rows.values()];
}

function aboutOf({ labels }: Detection): string {
  const { company, monitor, job_name: job, currency, mismatch, database } = labels;
  const parts = monitor === undefined ? [database] : [company, monitor, job, currency, mismatch];
  return parts.filter((part) => part !== undefined).join(' ') || '-';
}

/** `docs/detection.md` */
export function detectionMarkdown(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ incident, detections }) =>
    rowsOf(detections).map(({ detection, count }, index) => {
      const { alert, severity, labels, afterMinutes } = detection;
      const what = index === 0 ? [when(incident.at), incident.what] : ['', ''];
      const name = `[${alert}](../alerts/runbook.md#${alert.toLowerCase()})${count === 1 ? '' : ` × ${count}`}`;
      const cells = [...what, name, severity, aboutOf(detection), duration(afterMinutes), labels['responder'] ?? '-'];
      return `| ${cells.join(' | ')} |`;
    }),
  );
  return `${intro}${rows.join('\n')}\n${mailsMarkdown(outcomes)}`;
}
