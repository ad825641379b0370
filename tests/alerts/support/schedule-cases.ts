import { business, byCriticality, crmSync, datamoves, described, details, withFigure } from './cases.ts';
import type { AlertCase } from './cases.ts';
import { withLabels } from './series.ts';

const syncLimits = {
  'erp_since_last_sync_seconds_threshold{severity="warning"}': 2700,
  'erp_since_last_sync_seconds_threshold{severity="critical"}': 7200,
};
const syncedBefore = (first: number) => (at: number, since: number) => ({
  erp_since_last_sync_seconds: at - since + first,
  erp_last_sync_timestamp_seconds: since - first,
  ...syncLimits,
});
const stale = business({
  alert: 'ErpSyncStale',
  severity: 'warning',
  monitor: crmSync,
  forMinutes: 2,
  annotations: {
    summary: 'A synchronisation is overdue.',
    ...described(
      'acme: the last synchronisation of flow crm completed 47m 1s ago in business hours (monitor crm_sync).',
      'acme: de laatste synchronisatie van proces crm eindigde 47m 1s openingstijd geleden (controle crm_sync).',
      'acme: die letzte Synchronisation des Prozesses crm endete vor 47m 1s Betriebszeit (Prüfung crm_sync).',
      'acme\u00a0: la dernière synchronisation du processus crm s’est terminée il y a 47m 1s en heures ouvrées (contrôle crm_sync).',
    ),
    duration: '47m 1s',
  },
  good: (at) => ({
    erp_since_last_sync_seconds: 2700,
    erp_last_sync_timestamp_seconds: at - 2700,
    ...syncLimits,
  }),
  bad: syncedBefore(2701),
});

const neverRan = business({
  alert: 'ErpSyncNeverRan',
  severity: 'warning',
  monitor: crmSync,
  forMinutes: 60,
  annotations: {
    summary: 'A synchronisation has never run.',
    ...described(
      'acme: no synchronisation of flow crm has been recorded (monitor crm_sync).',
      'acme: van proces crm is geen synchronisatie bekend (controle crm_sync).',
      'acme: für den Prozess crm ist keine Synchronisation verzeichnet (Prüfung crm_sync).',
      'acme\u00a0: aucune synchronisation du processus crm n’est enregistrée (contrôle crm_sync).',
    ),
  },
  good: stale.good,
  bad: () => syncLimits,
});

const rejectLimits = {
  'erp_sync_rejects_today_threshold{severity="warning"}': 10,
  'erp_sync_rejects_today_threshold{severity="critical"}': 20,
};
const rejectedTexts = (count: string) => ({
  summary: 'A synchronisation rejected records.',
  ...described(
    `acme: synchronisations rejected ${count} records of flow crm (monitor crm_sync).`,
    `acme: synchronisaties weigerden ${count} records van proces crm (controle crm_sync).`,
    `acme: Synchronisationen lehnten ${count} Datensätze des Prozesses crm ab (Prüfung crm_sync).`,
    `acme\u00a0: les synchronisations ont rejeté ${count} enregistrements du processus crm (contrôle crm_sync).`,
  ),
  record_count: count,
});
const rejects = business({
  alert: 'ErpSyncRejects',
  severity: 'warning',
  monitor: crmSync,
  forMinutes: 2,
  annotations: rejectedTexts('4'),
  // Rejects of this morning are no news.
  good: () => ({ erp_sync_rejects_today: 40, erp_sync_new_rejects: 0 }),
  bad: () => ({ erp_sync_rejects_today: 44, erp_sync_new_rejects: 4 }),
});

/** The cases about synchronisations. */
export const syncCases: readonly AlertCase[] = [
  stale,
  {
    ...stale,
    severity: 'critical',
    joinsWarning: true,
    annotations: withFigure(stale.annotations, '47m 1s', '2h 2m 1s'),
    bad: syncedBefore(7201),
  },
  neverRan,
  rejects,
  {
    ...rejects,
    severity: 'critical',
    joinsWarning: true,
    annotations: rejectedTexts('21'),
    good: () => ({ erp_sync_rejects_today: 10, erp_sync_new_rejects: 10, ...rejectLimits }),
    bad: () => ({ erp_sync_rejects_today: 21, erp_sync_new_rejects: 0, ...rejectLimits }),
  },
];

const stock = { job_name: 'stock-in' };
const states = (state: string) =>
  Object.fromEntries(
    ['success', 'failed', 'running', 'missing'].map((status) => [
      `erp_job_status{job_name="stock-in",status="${status}"}`,
      Number(status === state),
    ]),
  );
const succeeded = () => states('success');

const jobFailure = withLabels('erp_failed_job_timestamp_seconds', {
  ...stock,
  error: 'closed-period',
  category: 'closed_period',
  known: 'true',
  responder: 'erp_partner',
  message: 'Posting date "31" is not\nallowed {{ .Labels }}',
  since: '2026-11-21 02:04',
});
const failed = business({
  alert: 'ErpJobFailed',
  severity: 'warning',
  monitor: datamoves,
  forMinutes: 5,
  labels: stock,
  annotations: {
    summary: 'A batch job failed.',
    ...described(
      'acme: job stock-in failed (monitor datamoves of flow datamove).',
      'acme: batchjob stock-in is mislukt (controle datamoves van proces datamove).',
      'acme: Batchjob stock-in ist fehlgeschlagen (Prüfung datamoves des Prozesses datamove).',
      'acme\u00a0: le traitement stock-in a échoué (contrôle datamoves du processus datamove).',
    ),
    details: details({
      message: 'Posting date "31" is not allowed {{ .Labels }}',
      error: 'closed-period',
      known: 'true',
      since: '2026-11-21 02:04',
    }),
  },
  good: succeeded,
  bad: (_, since) => ({ ...states('failed'), [jobFailure]: since }),
});

const ageLimits = {
  'erp_since_last_job_success_seconds_threshold{severity="warning"}': 7200,
  'erp_since_last_job_success_seconds_threshold{severity="critical"}': 21_600,
};
const endedWell = (age: number) => ({
  'erp_since_last_job_success_seconds{job_name="stock-in"}': age,
  ...ageLimits,
});
const overdue = business({
  alert: 'ErpJobOverdue',
  severity: 'warning',
  monitor: datamoves,
  forMinutes: 2,
  labels: stock,
  annotations: {
    summary: 'A batch job is overdue.',
    ...described(
      'acme: job stock-in has not succeeded for 2h 2m 1s of business hours (monitor datamoves of flow datamove).',
      'acme: batchjob stock-in is al 2h 2m 1s openingstijd niet geslaagd (controle datamoves van proces datamove).',
      'acme: Batchjob stock-in war seit 2h 2m 1s Betriebszeit nicht erfolgreich (Prüfung datamoves des Prozesses datamove).',
      'acme\u00a0: le traitement stock-in n’a pas réussi depuis 2h 2m 1s en heures ouvrées (contrôle datamoves du processus datamove).',
    ),
    duration: '2h 2m 1s',
  },
  good: () => endedWell(7200),
  bad: (at, since) => endedWell(at - since + 7201),
});

const runningFor = (seconds: number, at: number) => ({
  'erp_since_job_start_seconds{job_name="stock-in"}': seconds,
  'erp_job_running_since_timestamp_seconds{job_name="stock-in"}': at - seconds,
  'erp_since_job_start_seconds_threshold{severity="warning"}': 1800,
  'erp_since_job_start_seconds_threshold{severity="critical"}': 7200,
});
const stuck = business({
  alert: 'ErpJobStuck',
  severity: 'warning',
  monitor: datamoves,
  forMinutes: 2,
  labels: stock,
  annotations: {
    summary: 'A batch job is stuck.',
    ...described(
      'acme: job stock-in has been running for 32m 1s (monitor datamoves of flow datamove).',
      'acme: batchjob stock-in loopt al 32m 1s (controle datamoves van proces datamove).',
      'acme: Batchjob stock-in läuft seit 32m 1s (Prüfung datamoves des Prozesses datamove).',
      'acme\u00a0: le traitement stock-in tourne depuis 32m 1s (contrôle datamoves du processus datamove).',
    ),
    duration: '32m 1s',
  },
  good: (at) => runningFor(1800, at),
  bad: (at, since) => runningFor(at - since + 1801, at),
});

const dueSince = (age: number, at: number) => ({
  'erp_since_job_due_seconds{job_name="stock-in"}': age,
  'erp_job_due_timestamp_seconds{job_name="stock-in"}': at - age,
  'erp_since_job_due_seconds_threshold{severity="warning"}': 900,
  'erp_since_job_due_seconds_threshold{severity="critical"}': 7200,
});
const late = business({
  alert: 'ErpJobLate',
  severity: 'warning',
  monitor: datamoves,
  forMinutes: 2,
  labels: stock,
  annotations: {
    summary: 'A batch job has not started in time.',
    ...described(
      'acme: job stock-in should have started 17m 1s ago in business hours (monitor datamoves of flow datamove).',
      'acme: batchjob stock-in had 17m 1s openingstijd geleden moeten starten (controle datamoves van proces datamove).',
      'acme: Batchjob stock-in hätte vor 17m 1s Betriebszeit starten müssen (Prüfung datamoves des Prozesses datamove).',
      'acme\u00a0: le traitement stock-in aurait dû démarrer il y a 17m 1s en heures ouvrées (contrôle datamoves du processus datamove).',
    ),
    duration: '17m 1s',
  },
  good: (at) => dueSince(900, at),
  bad: (at, since) => dueSince(at - since + 901, at),
});

const jobNeverRan = business({
  alert: 'ErpJobNeverRan',
  severity: 'warning',
  monitor: datamoves,
  forMinutes: 60,
  labels: stock,
  annotations: {
    summary: 'A batch job has never run.',
    ...described(
      'acme: job stock-in exists, but has never run (monitor datamoves of flow datamove).',
      'acme: batchjob stock-in bestaat, maar liep nog nooit (controle datamoves van proces datamove).',
      'acme: Batchjob stock-in ist vorhanden, lief aber noch nie (Prüfung datamoves des Prozesses datamove).',
      'acme\u00a0: le traitement stock-in existe, mais n’a jamais été exécuté (contrôle datamoves du processus datamove).',
    ),
  },
  // Its first run is planned, so that it is late if it does not start then.
  good: (at) => ({
    ...ageLimits,
    'erp_job_never_ran{job_name="stock-in"}': 1,
    'erp_job_due_timestamp_seconds{job_name="stock-in"}': at + 3600,
  }),
  bad: () => ({ ...ageLimits, 'erp_job_never_ran{job_name="stock-in"}': 1 }),
});

const unknown = business({
  alert: 'ErpJobUnknown',
  severity: 'warning',
  monitor: datamoves,
  forMinutes: 5,
  labels: stock,
  annotations: {
    summary: 'It is not known how a batch job stands.',
    ...described(
      'acme: it is not known how job stock-in stands: its status is not understood, or nothing says when it last succeeded (monitor datamoves of flow datamove).',
      'acme: het is niet bekend hoe batchjob stock-in ervoor staat: de status wordt niet begrepen, of niets zegt wanneer de job voor het laatst slaagde (controle datamoves van proces datamove).',
      'acme: es ist nicht bekannt, wie es um Batchjob stock-in steht: Der Status wird nicht verstanden, oder nichts sagt, wann er zuletzt erfolgreich lief (Prüfung datamoves des Prozesses datamove).',
      'acme\u00a0: on ignore l’état du traitement stock-in : son statut n’est pas compris, ou rien n’indique quand il a réussi pour la dernière fois (contrôle datamoves du processus datamove).',
    ),
  },
  good: () => ({ ...succeeded(), 'erp_job_status{job_name="stock-in",status="unknown"}': 0 }),
  bad: () => ({ ...states(''), 'erp_job_status{job_name="stock-in",status="unknown"}': 1 }),
});

const none = business({
  alert: 'ErpNoJobs',
  severity: 'warning',
  monitor: datamoves,
  forMinutes: 5,
  annotations: {
    summary: 'A monitor finds no batch job.',
    ...described(
      'acme: monitor datamoves of flow datamove finds no batch job at all.',
      'acme: controle datamoves van proces datamove vindt geen enkele batchjob.',
      'acme: Prüfung datamoves des Prozesses datamove findet keinen einzigen Batchjob.',
      'acme\u00a0: le contrôle datamoves du processus datamove ne trouve aucun traitement.',
    ),
  },
  good: () => ({ erp_known_jobs: 1 }),
  bad: () => ({ erp_known_jobs: 0 }),
});

const missing = business({
  alert: 'ErpJobMissing',
  severity: 'warning',
  monitor: datamoves,
  forMinutes: 5,
  labels: stock,
  annotations: {
    summary: 'An expected batch job is missing.',
    ...described(
      'acme: job stock-in is expected but was not found (monitor datamoves of flow datamove).',
      'acme: batchjob stock-in wordt verwacht en is nergens te vinden (controle datamoves van proces datamove).',
      'acme: Batchjob stock-in wird erwartet und ist nirgends zu finden (Prüfung datamoves des Prozesses datamove).',
      'acme\u00a0: le traitement stock-in est attendu et reste introuvable (contrôle datamoves du processus datamove).',
    ),
  },
  good: succeeded,
  bad: () => states('missing'),
});

const disabled = business({
  alert: 'ErpJobDisabled',
  severity: 'warning',
  monitor: datamoves,
  forMinutes: 5,
  labels: stock,
  annotations: {
    summary: 'A batch job is disabled.',
    ...described(
      'acme: job stock-in is disabled (monitor datamoves of flow datamove).',
      'acme: batchjob stock-in is uitgeschakeld (controle datamoves van proces datamove).',
      'acme: Batchjob stock-in ist deaktiviert (Prüfung datamoves des Prozesses datamove).',
      'acme\u00a0: le traitement stock-in est désactivé (contrôle datamoves du processus datamove).',
    ),
  },
  good: () => ({ 'erp_job_enabled{job_name="stock-in"}': 1 }),
  bad: () => ({ 'erp_job_enabled{job_name="stock-in"}': 0 }),
});

/** The cases about batch jobs. */
export const jobCases: readonly AlertCase[] = [
  ...byCriticality(failed, 0),
  overdue,
  {
    ...overdue,
    severity: 'critical',
    joinsWarning: true,
    annotations: withFigure(overdue.annotations, '2h', '6h'),
    bad: (at, since) => endedWell(at - since + 21_601),
  },
  stuck,
  {
    ...stuck,
    severity: 'critical',
    joinsWarning: true,
    annotations: withFigure(stuck.annotations, '32m 1s', '2h 2m 1s'),
    bad: (at, since) => runningFor(at - since + 7201, at),
  },
  late,
  {
    ...late,
    severity: 'critical',
    joinsWarning: true,
    annotations: withFigure(late.annotations, '17m 1s', '2h 2m 1s'),
    bad: (at, since) => dueSince(at - since + 7201, at),
  },
  jobNeverRan,
  unknown,
  none,
  ...byCriticality(missing, 5),
  disabled,
];
