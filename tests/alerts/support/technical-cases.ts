import { byCriticality, described, monitorLabels, orders, technical, withFigure } from './cases.ts';
import type { AlertCase } from './cases.ts';

const none = () => ({});
const ofMonitor = monitorLabels(orders);

const failing = technical({
  alert: 'ErpMonitorFailing',
  severity: 'warning',
  forMinutes: 15,
  labels: { ...ofMonitor, database: 'shop' },
  annotations: {
    summary: 'A monitor is failing.',
    ...described(
      'acme: monitor web_orders is failing. Its last good figures are kept for a while, then dropped.',
      'acme: controle web_orders mislukt: timeout. De laatste cijfers blijven nog even staan en vervallen dan.',
      'acme: Prüfung web_orders schlägt fehl: timeout. Ihre letzten Werte bleiben eine Weile stehen und entfallen dann.',
      'acme\u00a0: le contrôle web_orders échoue\u00a0: timeout. Ses derniers chiffres sont conservés un moment, puis disparaissent.',
    ),
    details: 'reason: timeout',
  },
  good: () => ({ 'erp_monitor_failures_total{reason="timeout"}': 3 }),
  bad: (at, since) => ({
    erp_monitor_success: 0,
    erp_monitor_last_success_timestamp_seconds: since,
    'erp_monitor_failures_total{reason="timeout"}': 3 + (at - since) / 60,
  }),
});

const stale = technical({
  alert: 'ErpMonitorStale',
  severity: 'warning',
  forMinutes: 15,
  annotations: {
    summary: 'Monitors have not run for three intervals.',
    ...described(
      '1 monitor is not failing, but has not run for three intervals, or never.',
      '1 controle mislukt niet, maar liep drie intervallen lang niet, of nog nooit: acme web_orders.',
      '1 Prüfung schlägt nicht fehl, lief aber drei Intervalle lang nicht, oder noch nie: acme web_orders.',
      '1 contrôle n’échoue pas, mais n’a pas tourné depuis trois intervalles, ou jamais\u00a0: acme web_orders.',
    ),
    record_count: '1',
    details: 'monitors: acme web_orders',
  },
  good: (at) => ({ erp_monitor_last_success_timestamp_seconds: at - 180 }),
  bad: (_, since) => ({ erp_monitor_last_success_timestamp_seconds: since - 181 }),
});

const truncated = technical({
  alert: 'ErpMonitorTruncated',
  severity: 'warning',
  forMinutes: 10,
  labels: ofMonitor,
  annotations: {
    summary: 'A monitor reads only part of its rows.',
    ...described(
      'acme: the query of monitor web_orders returns more rows than max_rows: the true counts are at least as high as reported.',
      'acme: de query van controle web_orders heeft meer rijen dan max_rows: de aantallen zijn ondergrenzen.',
      'acme: die Abfrage der Prüfung web_orders hat mehr Zeilen als max_rows; die Zahlen sind Untergrenzen.',
      'acme\u00a0: la requête du contrôle web_orders renvoie plus de lignes que max_rows\u00a0: ses chiffres sont des minimums.',
    ),
  },
  good: () => ({ erp_monitor_truncated: 0 }),
  bad: () => ({ erp_monitor_truncated: 1 }),
});

const blind = technical({
  alert: 'ErpMonitorBlind',
  severity: 'warning',
  forMinutes: 5,
  labels: ofMonitor,
  annotations: {
    summary: 'A monitor sees no data at all.',
    ...described(
      'acme: the canary of monitor web_orders returns no row: what it reads is empty or hidden, so "nothing failed" cannot be trusted.',
      'acme: de canary van controle web_orders geeft geen rij terug: wat de controle leest is leeg of verborgen, zodat "niets mislukt" niets betekent.',
      'acme: die Canary-Abfrage der Prüfung web_orders liefert keine Zeile: Was die Prüfung liest, ist leer oder verborgen, sodass „nichts fehlgeschlagen“ nichts bedeutet.',
      'acme\u00a0: la requête canary du contrôle web_orders ne renvoie aucune ligne\u00a0: ce que le contrôle lit est vide ou masqué, si bien que «\u00a0aucun échec\u00a0» ne signifie rien.',
    ),
  },
  good: none,
  // The counter of a reason begins with the first failure; nothing says 0 before.
  bad: () => ({ erp_monitor_success: 0, 'erp_monitor_failures_total{reason="blind"}': 1 }),
});

const database = { database: 'shop', driver: 'postgres' };
const series = (name: string, labels: Readonly<Record<string, string>>) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
const databaseDown = technical({
  alert: 'ErpDatabaseDown',
  severity: 'critical',
  forMinutes: 15,
  labels: { database: 'shop' },
  annotations: {
    summary: 'A database does not answer.',
    ...described(
      'Database shop does not answer: the figures read from it are out of date.',
      'Database shop antwoordt niet: niets van wat daar gelezen wordt, is actueel.',
      'Datenbank shop antwortet nicht: Nichts, was dort gelesen wird, ist aktuell.',
      'La base de données shop ne répond pas\u00a0: rien de ce qui y est lu n’est à jour.',
    ),
  },
  good: () => ({ [series('erp_database_up', database)]: 1 }),
  bad: () => ({ [series('erp_database_up', database)]: 0 }),
});

const clockSkew = technical({
  alert: 'ErpDatabaseClockSkew',
  severity: 'warning',
  forMinutes: 15,
  labels: { database: 'shop' },
  annotations: {
    summary: 'The clock of a database is off.',
    ...described(
      'The clocks of database shop and of the exporter differ by 1h 0m 0s: ages and "late" are off by as much.',
      'De klokken van database shop en van de exporter verschillen 1h 0m 0s: leeftijden en "te laat" zitten er evenveel naast.',
      'Die Uhren der Datenbank shop und des Exporters weichen um 1h 0m 0s voneinander ab: Alter und „verspätet“ sind um ebenso viel falsch.',
      'Les horloges de la base de données shop et de l’exporteur diffèrent de 1h 0m 0s\u00a0: les âges et «\u00a0en retard\u00a0» sont faux d’autant.',
    ),
    duration: '1h 0m 0s',
  },
  good: () => ({ [series('erp_database_clock_skew_seconds', database)]: 60 }),
  bad: () => ({ [series('erp_database_clock_skew_seconds', database)]: -3600 }),
});

const reloadFailed = technical({
  alert: 'ErpConfigReloadFailed',
  severity: 'warning',
  forMinutes: 5,
  annotations: {
    summary: 'The configuration of the exporter is not valid.',
    ...described(
      'The exporter could not load its configuration and keeps using the previous one.',
      'De exporter kon zijn configuratie niet lezen en gaat verder met de vorige.',
      'Der Exporter konnte seine Konfiguration nicht lesen und arbeitet mit der vorherigen weiter.',
      'L’exporteur n’a pas pu lire sa configuration et continue avec la précédente.',
    ),
  },
  good: () => ({ erp_config_last_reload_successful: 1 }),
  bad: () => ({ erp_config_last_reload_successful: 0 }),
});

const stateFileNotWritten = technical({
  alert: 'ErpStateFileNotWritten',
  severity: 'warning',
  forMinutes: 15,
  annotations: {
    summary: 'The exporter cannot write its state file.',
    ...described(
      'The exporter cannot write its state file: what it has not written is lost if it ends.',
      'De exporter kan zijn statusbestand niet schrijven: wat niet geschreven is, gaat verloren als hij eindigt.',
      'Der Exporter kann seine Zustandsdatei nicht schreiben: Was nicht geschrieben ist, geht verloren, wenn er endet.',
      'L’exporteur ne peut pas écrire son fichier d’état : ce qui n’est pas écrit sera perdu s’il s’arrête.',
    ),
  },
  good: () => ({ erp_state_file_written: 1 }),
  bad: () => ({ erp_state_file_written: 0 }),
});

const waiting = (since: number) => ({
  [series('erp_outbox_oldest_waiting_timestamp_seconds', { kind: 'ticket', action: 'open' })]: since,
});
const outboxStuck = technical({
  alert: 'ErpOutboxStuck',
  severity: 'warning',
  forMinutes: 5,
  annotations: {
    summary: 'The outbox is stuck.',
    ...described(
      'The oldest entry of the outbox has waited for 35m 1s: tickets or remedies do not reach the other system.',
      'De oudste taak in de outbox wacht al 35m 1s: tickets of herstelacties bereiken het andere systeem niet.',
      'Der älteste Auftrag in der Outbox wartet seit 35m 1s: Tickets oder Abhilfen erreichen das andere System nicht.',
      'La plus ancienne tâche de la boîte d’envoi attend depuis 35m 1s\u00a0: des tickets ou des remèdes n’atteignent pas l’autre système.',
    ),
    duration: '35m 1s',
  },
  good: (at) => waiting(at - 1800),
  bad: (_, since) => waiting(since - 1801),
});

const outboxNotWritten = technical({
  alert: 'ErpOutboxNotWritten',
  severity: 'critical',
  forMinutes: 5,
  annotations: {
    summary: 'The exporter cannot write its outbox.',
    ...described(
      'The exporter cannot write its outbox: no tickets are made, and nothing is repaired automatically.',
      'De exporter kan zijn outbox niet schrijven: er worden geen tickets gemaakt, en niets wordt automatisch hersteld.',
      'Der Exporter kann seine Outbox nicht schreiben: Es entstehen keine Tickets, und nichts wird automatisch behoben.',
      'L’exporteur ne peut pas écrire sa boîte d’envoi\u00a0: aucun ticket n’est créé et rien n’est réparé automatiquement.',
    ),
  },
  good: () => ({ erp_outbox_store_up: 1 }),
  bad: () => ({ erp_outbox_store_up: 0 }),
});

/** The cases about the monitors themselves. */
export const monitorCases: readonly AlertCase[] = [...byCriticality(failing, 15), stale, truncated, blind];
/** The cases about databases and the configuration; the exporter's own end has scenarios of its own. */
export const exporterCases: readonly AlertCase[] = [
  databaseDown,
  clockSkew,
  reloadFailed,
  stateFileNotWritten,
  outboxStuck,
  {
    ...outboxStuck,
    severity: 'critical',
    joinsWarning: true,
    annotations: withFigure(outboxStuck.annotations, '35m 1s', '4h 5m 1s'),
    good: (at) => waiting(at - 14_400),
    bad: (_, since) => waiting(since - 14_401),
  },
  outboxNotWritten,
];
