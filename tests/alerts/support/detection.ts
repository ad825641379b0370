import { incidents } from './incidents.ts';
import type { Incident } from './incidents.ts';
import { detect, inParallel } from './month.ts';
import type { Detection } from './month.ts';

/** What came of each incident. */
export interface Outcome {
  readonly incident: Incident;
  readonly detections: readonly Detection[];
}

/** Lets all incidents happen, each by itself. */
export async function detectAll(program: string): Promise<readonly Outcome[]> {
  const tasks = incidents.map((incident) => async () => ({
    incident,
    detections: await detect(program, incident),
  }));
  return inParallel(tasks, 2);
}

const intro = `# What is told, after how long, to whom

Made by \`node scripts/alerts.ts\`; do not edit. A simulated web shop and ERP with two companies run for four weeks, 19 October to
15 November 2026: weekends, a holiday on 11 November, the end of summer time on 25 October. Into them go the incidents below; what
stands here is what the rules in \`alerts/erp.rules.yml\` made of them, evaluated by promtool each minute.

Without the incidents the same four weeks alarm nobody, though the exporter is restarted twice, the shop's database is away for
ten minutes, records fail and are mended by their own retry, and jobs and syncs go wrong during an announced maintenance.

"After" runs from the fault to the firing alert. It holds the time that the fault itself takes to show (a job that is due in ten
minutes), the limits of the simulated configuration, the monitor's interval (1 to 5 minutes), and the patience of the rule (\`for\`). From
there to the mail it takes Alertmanager's \`group_wait\`. Time is counted in open hours where a calendar says so: the sync that
stops on a Friday evening is missed on Monday morning.

The responder is who acts first, as the alert's label says: that of the known error, else of the monitor; "-" when nobody is
known, as for an unknown error. \`notify:\` in the configuration decides who gets a mail.

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
  return `${intro}${rows.join('\n')}\n`;
}
