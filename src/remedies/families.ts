import type { Family } from '../monitors/contract.ts';

/** What is exported of remedies, where there are any; these bear only the labels listed. */
export const remedyFamilies = {
  attempts: {
    name: 'erp_remedy_attempts_total',
    help: 'Attempts of remedies since the process started, by what each came to: accepted, rejected by an answer, failed without one, unknown, or skipped. Dry runs are not among them.',
    type: 'counter',
    labels: ['remedy', 'action', 'result'],
  },
  dryRuns: {
    name: 'erp_remedy_dry_run_total',
    help: 'Attempts that would have been made since the process started, had the remedy not been a dry run.',
    type: 'counter',
    labels: ['remedy', 'action'],
  },
  outcomes: {
    name: 'erp_remedy_outcomes_total',
    help: 'Attempts judged since the process started by a later reading: worked, when it no longer showed the record, or not.',
    type: 'counter',
    labels: ['remedy', 'outcome'],
  },
  state: {
    name: 'erp_remedy_state',
    help: 'How a remedy stands: 1 for its state, 0 for the others; stopped: too few attempts worked.',
    type: 'gauge',
    labels: ['remedy', 'state'],
  },
  awaiting: {
    name: 'erp_remedy_awaiting',
    help: 'A listed failed record that a remedy will still try, or whose last attempt is not judged yet: the alert about it waits; always 1.',
    type: 'gauge',
    labels: ['company', 'monitor', 'record'],
  },
  lastAttempt: {
    name: 'erp_remedy_last_attempt_timestamp_seconds',
    help: 'When a remedy last tried a listed failed record that is still open: how often so far, when in local time, and the last answer.',
    type: 'gauge',
    labels: ['company', 'monitor', 'record', 'tries', 'last', 'answer'],
    unit: 'seconds',
  },
} as const satisfies Record<string, Family>;

/** How a remedy stands, a closed list: the values of the label `state` of `erp_remedy_state`. */
export const remedyStates = ['active', 'dry_run', 'paused', 'stopped'] as const;
export type RemedyStateName = (typeof remedyStates)[number];
