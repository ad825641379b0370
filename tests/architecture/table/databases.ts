import type { Room } from './room.ts';

export const databases: readonly Room[] = [
  { path: 'databases/values.ts', types: ['time.ts'] },
  { path: 'databases/comparison/contract.ts', types: ['databases/values.ts', 'time.ts'] },
  { path: 'databases/contract.ts', types: ['databases/comparison/contract.ts', 'databases/values.ts'] },
  {
    path: 'databases/shared',
    imports: ['databases/contract.ts', 'databases/values.ts', 'time.ts'],
    packages: ['node:timers/promises'],
  },
  {
    path: 'databases/comparison',
    imports: ['databases/contract.ts', 'databases/comparison/contract.ts', 'databases/values.ts', 'time.ts'],
  },
  {
    path: 'databases/driver.ts',
    types: ['databases/contract.ts', 'databases/shared', 'databases/writable.ts'],
  },
  { path: 'databases/writable.ts', types: ['databases/contract.ts', 'databases/values.ts'] },
  {
    path: 'databases/*',
    imports: [
      'databases/comparison',
      'databases/comparison/contract.ts',
      'databases/contract.ts',
      'databases/driver.ts',
      'databases/shared',
      'databases/values.ts',
      'databases/writable.ts',
      'state/application-id.ts',
      'time.ts',
    ],
    packages: [
      'node:child_process',
      'node:crypto',
      'node:events',
      'node:fs',
      'node:fs/promises',
      'node:net',
      'node:os',
      'node:path',
      'node:sqlite',
      'node:stream',
      'node:timers/promises',
      'node:tls',
      'node:url',
      'node:worker_threads',
    ],
    ownPackages: true,
  },
  {
    path: 'databases/drivers.ts',
    imports: ['databases/*'],
    types: ['databases/contract.ts', 'databases/driver.ts'],
  },
];
