import type { Room } from './room.ts';

export const configuration: readonly Room[] = [
  {
    path: 'config/source',
    imports: ['secrets.ts'],
    packages: ['fastest-levenshtein', 'node:fs', 'node:fs/promises', 'node:path', 'yaml', 'zod'],
  },
  {
    path: 'config/config.ts',
    types: [
      'calendar',
      'config/source',
      'databases/contract.ts',
      'known-errors',
      'monitors/contract.ts',
      'time.ts',
    ],
  },
  { path: 'config/freeze.ts', types: ['config/config.ts'] },
  {
    path: 'config/schema',
    imports: [
      'calendar',
      'config/source',
      'databases/drivers.ts',
      'duration.ts',
      'judgement.ts',
      'known-errors',
      'monitors/shared',
      'time.ts',
    ],
    types: ['databases/driver.ts', 'monitors/contract.ts'],
    packages: ['node:path', 'zod'],
  },
  {
    path: 'config/sections',
    imports: [
      'calendar',
      'config/schema',
      'config/source',
      'databases/drivers.ts',
      'databases/shared',
      'exporter-families.ts',
      'known-errors',
      'monitors/kinds.ts',
      'monitors/shared',
      'secrets.ts',
      'time.ts',
    ],
    types: ['config/config.ts', 'databases/contract.ts', 'databases/driver.ts', 'monitors/contract.ts'],
    packages: ['node:crypto', 'node:url', 'zod'],
  },
  {
    path: 'config/load.ts',
    imports: ['config/freeze.ts', 'config/schema', 'config/sections', 'config/source', 'monitors/kinds.ts'],
    types: ['config/config.ts', 'monitors/contract.ts'],
  },
];
