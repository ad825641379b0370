import type { Room } from './room.ts';

/** What acts on other systems. */
export const acting: readonly Room[] = [
  {
    path: 'metrics/outbox.ts',
    imports: ['exporter-families.ts'],
    types: ['monitors/contract.ts', 'outbox'],
    packages: ['prom-client'],
  },
  { path: 'alert-match.ts', types: ['config/config.ts'], pure: true },
  {
    path: 'outbound',
    imports: ['time.ts'],
    packages: ['node:dns/promises', 'node:http', 'node:https', 'node:net'],
  },
  { path: 'tickets/contract.ts', types: ['outbound', 'time.ts'], packages: ['zod'] },
  {
    path: 'tickets/trackers/shared',
    imports: ['outbound', 'secrets.ts', 'tickets/contract.ts'],
    types: ['time.ts'],
    packages: ['zod'],
  },
  {
    path: 'tickets/trackers',
    imports: ['tickets/contract.ts', 'tickets/trackers/shared'],
    types: ['outbound', 'time.ts'],
    packages: ['node:crypto', 'zod'],
  },
  { path: 'tickets/trackers.ts', imports: ['tickets/trackers'], types: ['tickets/contract.ts'] },
  {
    path: 'tickets/builtin',
    imports: ['tickets/contract.ts', 'time.ts'],
    types: ['outbox'],
    packages: ['zod'],
  },
  {
    path: 'tickets',
    imports: [
      'alert-match.ts',
      'decimal.ts',
      'exporter-families.ts',
      'label-counts.ts',
      'outbox',
      'remedies/tried.ts',
      'texts',
      'tickets/contract.ts',
      'time.ts',
    ],
    types: ['config/config.ts', 'log.ts', 'monitors/contract.ts', 'poll', 'remedies', 'tickets/builtin'],
    packages: ['node:crypto', 'zod'],
  },
  {
    path: 'mails/smtp',
    types: ['config/config.ts', 'time.ts'],
    packages: ['nodemailer'],
  },
  {
    path: 'mails',
    imports: [
      'acting-families.ts',
      'calendar',
      'judgement.ts',
      'mails/smtp',
      'prometheus',
      'report',
      'time.ts',
    ],
    types: ['config/config.ts', 'label-counts.ts', 'log.ts', 'outbox', 'poll', 'texts'],
    packages: ['lru-cache', 'node:crypto', 'zod'],
  },
  {
    path: 'outbox',
    imports: ['known-errors', 'secrets.ts', 'state', 'time.ts'],
    types: ['databases/values.ts', 'databases/writable.ts', 'log.ts'],
    packages: ['node:crypto', 'node:sqlite'],
  },
];
