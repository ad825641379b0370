import type { Room } from './room.ts';

export const basics: readonly Room[] = [
  { path: 'time.ts', packages: ['temporal-polyfill'] },
  { path: 'duration.ts', pure: true },
  { path: 'decimal.ts', pure: true },
  { path: 'secrets.ts', pure: true },
  { path: 'spreadsheet.ts', packages: ['csv-stringify'], pure: true },
  { path: 'label-counts.ts', types: ['monitors/contract.ts'], pure: true },
  { path: 'log.ts', imports: ['secrets.ts'] },
  { path: 'version.ts', packages: ['node:fs'] },
  { path: 'node-version.ts' },
  { path: 'state/application-id.ts', pure: true },
  {
    path: 'state',
    imports: ['state/application-id.ts', 'time.ts'],
    packages: ['node:fs', 'node:path', 'node:sqlite'],
  },
  { path: 'calendar', imports: ['duration.ts', 'time.ts'], packages: ['croner', 'node:crypto', 'zod'] },
];

export const knowledge: readonly Room[] = [
  {
    path: 'known-errors',
    imports: ['databases/drivers.ts', 'state', 'time.ts'],
    types: ['databases/driver.ts'],
    packages: ['node:crypto', 'node:http', 'node:sqlite', 're2js', 'yaml', 'zod'],
  },
];
