import type { Room } from './room.ts';

/** What acts on other systems. */
export const acting: readonly Room[] = [
  {
    path: 'metrics/outbox.ts',
    imports: ['exporter-families.ts'],
    types: ['monitors/contract.ts', 'outbox'],
    packages: ['prom-client'],
  },
  {
    path: 'outbox',
    imports: ['known-errors', 'secrets.ts', 'state', 'time.ts'],
    types: ['databases/values.ts', 'databases/writable.ts', 'log.ts'],
    packages: ['node:crypto', 'node:sqlite'],
  },
];
