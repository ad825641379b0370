import type { DatabaseSettings } from '../../../src/databases/contract.ts';

/** Settings of a database that is a file, with every default. */
export function fileSettings(file: string, overrides: Partial<DatabaseSettings> = {}): DatabaseSettings {
  return {
    name: 'shop',
    driver: 'sqlite',
    host: '',
    file,
    timezone: 'UTC',
    connections: 2,
    connectTimeoutMs: 5000,
    lockTimeoutMs: 2000,
    tls: { mode: 'disable' },
    ...overrides,
  };
}
