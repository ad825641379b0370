import type { Family } from './monitors/contract.ts';

/** What is exported of tickets, where there are any; `open` and `changes` bear a company, the others only the labels listed. */
export const ticketFamilies = {
  open: {
    name: 'erp_tickets_open',
    help: 'Tickets that are open or about to be opened, as the exporter knows.',
    type: 'gauge',
    labels: ['company', 'tracker'],
    unit: 'tickets',
  },
  actions: {
    name: 'erp_ticket_actions_total',
    help: 'Steps carried out on tickets, by what came of them: done, skipped, retry, login, refused.',
    type: 'counter',
    labels: ['action', 'result', 'tracker'],
  },
  changes: {
    name: 'erp_ticket_changes_total',
    help: 'Changes of tickets that this process made for a company and flow: opened, commented, closed, reopened.',
    type: 'counter',
    labels: ['company', 'flow', 'change'],
  },
  alerts: {
    name: 'erp_ticket_alerts_total',
    help: 'Alerts that Alertmanager told, by what became of them: tracker, mail, no_rule, no_company, no_tracker, elsewhere, full (too many keys); dropped, besides, of those with a ticket that has too many to keep.',
    type: 'counter',
    labels: ['verdict'],
  },
  webhook: {
    name: 'erp_ticket_last_webhook_timestamp_seconds',
    help: 'When Alertmanager told of alerts last, and what it told was stored; absent before the first time.',
    type: 'gauge',
    labels: [],
    unit: 'seconds',
  },
  looked: {
    name: 'erp_ticket_last_look_timestamp_seconds',
    help: 'When tickets were compared with Alertmanager last, and it proved that alerts reach it; absent before the first time.',
    type: 'gauge',
    labels: [],
    unit: 'seconds',
  },
} as const satisfies Record<string, Family>;

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
  tries: {
    name: 'erp_remedy_tries_total',
    help: 'Attempts of remedies on records of a company and flow since the process started: sent, whatever the answer, and of those worked or failed, as a later reading tells. Dry runs are not among them.',
    type: 'counter',
    labels: ['company', 'flow', 'result'],
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
  exhausted: {
    name: 'erp_remedy_exhausted_records',
    help: 'Failed records that a remedy has tried as often as it may, and that are still open; absent where there are none.',
    type: 'gauge',
    labels: ['company', 'flow', 'monitor', 'remedy'],
  },
  lastAttempt: {
    name: 'erp_remedy_last_attempt_timestamp_seconds',
    help: 'When a remedy last tried a listed failed record that is still open: how often so far, when in local time, and the last answer.',
    type: 'gauge',
    labels: ['company', 'monitor', 'record', 'tries', 'last', 'answer'],
    unit: 'seconds',
  },
} as const satisfies Record<string, Family>;

/** What is exported of mails that the exporter sends itself, where there are any; these bear only the labels listed. */
export const mailFamilies = {
  planned: {
    name: 'erp_mail_next_timestamp_seconds',
    help: 'When a report or a sign of life is due next.',
    type: 'gauge',
    labels: ['mail', 'type'],
    unit: 'seconds',
  },
  sent: {
    name: 'erp_mail_last_sent_timestamp_seconds',
    help: 'When a mail server last took a report or a sign of life for one of its recipients; absent before the first time.',
    type: 'gauge',
    labels: ['mail', 'type'],
    unit: 'seconds',
  },
  failed: {
    name: 'erp_mail_last_failure_timestamp_seconds',
    help: 'When a report or a sign of life was given up for one of its recipients, as the mail server refused it or it was too late; absent before the first time.',
    type: 'gauge',
    labels: ['mail', 'type'],
    unit: 'seconds',
  },
  confirmed: {
    name: 'erp_sign_of_life_confirmed_timestamp_seconds',
    help: 'When somebody last confirmed on the page that a sign of life arrives; absent before the first time.',
    type: 'gauge',
    labels: ['mail'],
    unit: 'seconds',
  },
  confirmBy: {
    name: 'erp_sign_of_life_confirm_by_timestamp_seconds',
    help: 'Until when somebody should confirm that a sign of life arrives, with confirm_within; absent before the first was sent.',
    type: 'gauge',
    labels: ['mail'],
    unit: 'seconds',
  },
} as const satisfies Record<string, Family>;
