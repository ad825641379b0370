import type { Room } from './room.ts';

const engine = 'monitors/reconcile/engine';

/** Of a kind: what is common to monitors, and what its judgements need. */
const kindImports: readonly string[] = [
  'calendar',
  'databases/contract.ts',
  'databases/values.ts',
  'decimal.ts',
  'duration.ts',
  'known-errors',
  'monitors/contract.ts',
  'monitors/shared',
  'time.ts',
];

export const monitors: readonly Room[] = [
  {
    path: 'monitors/contract.ts',
    types: ['calendar', 'databases/contract.ts', 'databases/values.ts', 'state', 'time.ts'],
    packages: ['zod'],
  },
  {
    path: 'monitors/shared',
    imports: ['decimal.ts', 'duration.ts', 'known-errors', 'monitors/contract.ts', 'time.ts'],
    types: ['databases/contract.ts', 'databases/values.ts'],
    packages: ['zod'],
  },
  { path: 'monitors/*', imports: kindImports, packages: ['zod'] },
  { path: `${engine}/types.ts`, types: ['databases/comparison/contract.ts', 'time.ts'] },
  {
    path: `${engine}/join`,
    imports: [`${engine}/types.ts`, 'databases/comparison', 'databases/comparison/contract.ts'],
  },
  {
    path: `${engine}/ledger`,
    imports: [`${engine}/types.ts`, 'databases/comparison', 'databases/comparison/contract.ts', 'decimal.ts'],
    types: ['state', 'time.ts'],
    packages: ['zod'],
  },
  {
    path: `${engine}/plan`,
    imports: [`${engine}/types.ts`, `${engine}/join`],
    types: ['databases/comparison/contract.ts', 'state', 'time.ts'],
    packages: ['zod'],
  },
  {
    path: `${engine}/cycle-types.ts`,
    types: [`${engine}/types.ts`, `${engine}/ledger`, `${engine}/plan`, 'state', 'time.ts'],
  },
  {
    path: `${engine}/cycle.ts`,
    imports: [
      `${engine}/types.ts`,
      `${engine}/join`,
      `${engine}/ledger`,
      `${engine}/plan`,
      'databases/contract.ts',
    ],
    types: [`${engine}/cycle-types.ts`, 'databases/comparison/contract.ts', 'time.ts'],
  },
  {
    path: 'monitors/reconcile',
    imports: [
      ...kindImports,
      `${engine}/cycle.ts`,
      `${engine}/ledger`,
      `${engine}/plan`,
      `${engine}/types.ts`,
    ],
    types: [`${engine}/cycle-types.ts`, 'databases/comparison/contract.ts'],
    packages: ['zod'],
  },
  { path: 'monitors/records', imports: kindImports, packages: ['zod'] },
  // Files are open records that were read from folders.
  {
    path: 'monitors/files',
    imports: [...kindImports, 'monitors/records'],
    packages: ['node:fs', 'node:fs/promises', 'node:path', 're2js', 'zod'],
  },
  {
    path: 'monitors/kinds.ts',
    imports: [
      'monitors/*',
      'monitors/contract.ts',
      'monitors/files',
      'monitors/reconcile',
      'monitors/records',
    ],
  },
  { path: 'acting-families.ts', imports: ['monitors/contract.ts'], pure: true },
  { path: 'exporter-families.ts', imports: ['acting-families.ts', 'monitors/contract.ts'], pure: true },
];
