import type { Room } from './room.ts';

export const running: readonly Room[] = [
  {
    path: 'poll',
    imports: ['calendar', 'databases/contract.ts', 'monitors/contract.ts', 'time.ts'],
    types: ['config/config.ts', 'databases/values.ts', 'known-errors', 'log.ts', 'state'],
    packages: ['node:crypto'],
  },
  {
    path: 'judgement.ts',
    types: ['calendar', 'monitors/contract.ts', 'poll', 'time.ts'],
    pure: true,
  },
  {
    path: 'metrics/exposition.ts',
    imports: ['exporter-families.ts', 'judgement.ts'],
    types: ['calendar', 'config/config.ts', 'known-errors', 'monitors/contract.ts', 'poll', 'time.ts'],
    pure: true,
  },
  {
    path: 'metrics/body.ts',
    imports: ['metrics/exposition.ts'],
    types: ['monitors/contract.ts', 'poll', 'time.ts'],
    packages: ['node:util', 'node:zlib'],
  },
  {
    path: 'metrics/own.ts',
    imports: ['exporter-families.ts'],
    types: ['time.ts'],
    packages: ['prom-client'],
  },
  { path: 'web/html.ts', pure: true },
  {
    path: 'web/pages',
    imports: ['judgement.ts', 'web/html.ts'],
    types: ['config/config.ts', 'monitors/contract.ts', 'poll', 'time.ts'],
    pure: true,
  },
  {
    path: 'web/server',
    packages: ['node:crypto', 'node:http', 'node:http2', 'node:https', 'node:net', 'node:stream', 'node:tls'],
  },
  {
    path: 'web/scrape.ts',
    imports: ['metrics/exposition.ts'],
    types: ['metrics/body.ts', 'web/server'],
  },
  {
    path: 'web/routes.ts',
    imports: ['config/source', 'web/pages', 'web/scrape.ts', 'web/server'],
    types: ['config/config.ts', 'metrics/body.ts', 'poll', 'time.ts'],
  },
  {
    path: 'web/app.ts',
    imports: ['web/routes.ts', 'web/server'],
    types: ['log.ts'],
  },
  {
    path: 'notifications',
    imports: ['config/schema', 'duration.ts', 'known-errors'],
    types: ['config/config.ts'],
    packages: ['yaml', 'zod'],
  },
];

export const entrances: readonly Room[] = [
  {
    path: 'demo/database',
    imports: ['time.ts'],
    packages: [
      '@electric-sql/pglite',
      '@electric-sql/pglite-socket',
      'node:path',
      'node:timers/promises',
      'node:worker_threads',
    ],
  },
  { path: 'demo', imports: ['demo/database'], types: ['time.ts'], packages: ['node:timers/promises'] },
  {
    path: 'commands/support',
    imports: [
      'config/source',
      'databases/contract.ts',
      'databases/drivers.ts',
      'known-errors',
      'log.ts',
      'metrics/exposition.ts',
      'monitors/contract.ts',
      'poll',
      'state',
      'time.ts',
    ],
    types: [
      'config/config.ts',
      'databases/comparison/contract.ts',
      'databases/driver.ts',
      'databases/values.ts',
    ],
    packages: ['node:util'],
  },
  {
    path: 'commands',
    imports: [
      'commands/support',
      'config/load.ts',
      'config/sections',
      'config/source',
      'databases/drivers.ts',
      'demo',
      'duration.ts',
      'known-errors',
      'metrics/body.ts',
      'metrics/own.ts',
      'monitors/kinds.ts',
      'notifications',
      'poll',
      'state',
      'time.ts',
      'web/app.ts',
      'web/server',
    ],
    types: [
      'config/config.ts',
      'databases/contract.ts',
      'databases/values.ts',
      'log.ts',
      'monitors/contract.ts',
      'web/routes.ts',
    ],
    packages: ['node:url', 'yaml'],
  },
  {
    path: 'program.ts',
    imports: ['commands', 'commands/support', 'known-errors', 'log.ts', 'version.ts', 'web/server'],
  },
  { path: 'main.ts', imports: ['node-version.ts', 'program.ts'], packages: ['node:fs', 'node:v8'] },
];
