/** What tickets are made of: one per company, flow, monitor and one of these. */
export const eventTypes = [
  'failed',
  'late',
  'silent',
  'sync',
  'job',
  'mails',
  'mismatch',
  'query',
  'no_data',
  'endpoint',
  'exporter',
  'other',
] as const;
export type EventType = (typeof eventTypes)[number];

/** Of the alerts of alerts/erp.rules.yml and prometheus/blackbox.rules.yml, by name. */
const types: ReadonlyMap<string, EventType> = new Map<string, EventType>([
  ['ErpMassFailure', 'failed'],
  ['ErpRecordFailed', 'failed'],
  ['ErpNewKindOfError', 'failed'],
  ['ErpRemedyExhausted', 'failed'],
  ['ErpAmountAtRisk', 'failed'],
  ['ErpRecordsLate', 'late'],
  ['ErpFlowSilent', 'silent'],
  ['ErpSyncStale', 'sync'],
  ['ErpSyncNeverRan', 'sync'],
  ['ErpSyncRejects', 'sync'],
  ['ErpJobFailed', 'job'],
  ['ErpJobOverdue', 'job'],
  ['ErpJobLate', 'job'],
  ['ErpJobNeverRan', 'job'],
  ['ErpJobUnknown', 'job'],
  ['ErpJobStuck', 'job'],
  ['ErpJobDisabled', 'job'],
  ['ErpJobMissing', 'job'],
  ['ErpNoJobs', 'job'],
  ['ErpMailsNotGenerated', 'mails'],
  ['ErpRecordsMissing', 'mismatch'],
  ['ErpRecordsDifferent', 'mismatch'],
  ['ErpRecordsDuplicate', 'mismatch'],
  ['ErpSamplesOmitted', 'mismatch'],
  ['ErpQueryThreshold', 'query'],
  ['ErpReconciliationStale', 'no_data'],
  ['ErpMonitorFailing', 'no_data'],
  ['ErpMonitorStale', 'no_data'],
  ['ErpMonitorTruncated', 'no_data'],
  ['ErpMonitorBlind', 'no_data'],
  ['ErpRunsSkipped', 'no_data'],
  ['ErpDatabaseDown', 'no_data'],
  ['ErpDatabaseClockSkew', 'no_data'],
  ['ErpEndpointDown', 'endpoint'],
  ['ErpEndpointWrongAnswer', 'endpoint'],
  ['ErpEndpointSlow', 'endpoint'],
  ['ErpEndpointCertificateExpires', 'endpoint'],
  ['ErpEndpointNotProbed', 'endpoint'],
  ['ErpRedundancyLost', 'exporter'],
  ['ErpConfigReloadFailed', 'exporter'],
  ['ErpStateFileNotWritten', 'exporter'],
  ['ErpOutboxStuck', 'exporter'],
  ['ErpOutboxNotWritten', 'exporter'],
  ['ErpExporterDown', 'exporter'],
]);

/** The alert that always fires: proof that alerts arrive, and never a ticket. */
export const watchdog = 'ErpWatchdog';
const noTickets: ReadonlySet<string> = new Set([watchdog, 'ErpTestAlert']);

/** The event type of an alert; of a rule of the user's own `other`. @returns undefined for those that are never a ticket. */
export function eventTypeOf(alertname: string): EventType | undefined {
  return noTickets.has(alertname) ? undefined : (types.get(alertname) ?? 'other');
}
