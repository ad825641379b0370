import type { NotifyMatch } from '../../config.ts';

/** A rule of the default policy: which alerts make a ticket, and whether they are mailed as well. */
export interface PolicyRule {
  readonly match: NotifyMatch;
  readonly ticket: boolean;
  readonly mails: boolean;
}

/** Alerts about a batch job: in the words of the first users, a datamove that did not run properly. */
const ofJobs: readonly string[] = [
  'ErpJobDisabled',
  'ErpJobFailed',
  'ErpJobLate',
  'ErpJobMissing',
  'ErpJobNeverRan',
  'ErpJobOverdue',
  'ErpJobStuck',
];

/** Alerts about the monitoring itself: there is nothing for an order desk to work on. */
const ofMonitoring: readonly string[] = [
  'ErpConfigReloadFailed',
  'ErpDatabaseClockSkew',
  'ErpDatabaseDown',
  'ErpExporterDown',
  'ErpJobUnknown',
  'ErpMonitorBlind',
  'ErpMonitorFailing',
  'ErpMonitorStale',
  'ErpMonitorTruncated',
  'ErpNoJobs',
  'ErpOutboxNotWritten',
  'ErpOutboxStuck',
  'ErpRedundancyLost',
  'ErpRunsSkipped',
  'ErpSamplesOmitted',
  'ErpStateFileNotWritten',
];

/**
 * What happens where `tickets.routes` says nothing: a known error is mailed with what to do about it; a ticket besides is for what
 * somebody must find out; mails that were not generated and jobs make a ticket alone.
 */
export const defaultPolicy: readonly PolicyRule[] = [
  { match: { alertname: ['ErpMailsNotGenerated', ...ofJobs] }, ticket: true, mails: false },
  { match: { alertname: ['ErpRecordFailed'], known: ['true'] }, ticket: false, mails: true },
  { match: { alertname: ofMonitoring }, ticket: false, mails: true },
  { match: {}, ticket: true, mails: true },
];
