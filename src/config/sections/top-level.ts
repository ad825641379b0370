import type { z } from 'zod';
import type { DatabaseSettings } from '../../databases/contract.ts';
import { isTimeZone } from '../../time.ts';
import { databaseSchema } from '../schema/database.ts';
import { defaultsSchema } from '../schema/monitor.ts';
import { environmentName } from '../schema/values.ts';
import { realPath, resolveBeside } from '../source/files.ts';
import type { Report } from '../source/report.ts';
import { databaseSettings } from './databases.ts';
import { readEntries } from './entries.ts';
import type { Mapping } from './entries.ts';

/** `defaults:`, with the built-in value of every key that is absent. */
export type Defaults = z.output<typeof defaultsSchema>;

/** The environment; '' when it is absent, or invalid, which the outline schema reports. */
export function readEnvironment(root: Mapping): string {
  return environmentName.safeParse(root['environment']).data ?? '';
}

/** The default time zone; UTC when it is absent, or invalid, which the outline schema reports. */
export function readTimezone(root: Mapping): string {
  const timezone = root['timezone'];
  return typeof timezone === 'string' && isTimeZone(timezone) ? timezone : 'UTC';
}

/** Reads `defaults:`; the built-in values when it has problems, which are collected. */
export function readDefaults(root: Mapping, report: Report): Defaults {
  const defaults = report.read(defaultsSchema, root['defaults'] ?? {}, ['defaults']);
  return defaults ?? defaultsSchema.parse({});
}

/**
 * The settings of the databases with valid entries, by name.
 *
 * @param file path of the configuration.
 * @param section `databases`, or `writable_databases`.
 */
export async function readDatabases(
  root: Mapping,
  report: Report,
  file: string,
  section: 'databases' | 'writable_databases' = 'databases',
): Promise<ReadonlyMap<string, DatabaseSettings>> {
  const databases = new Map<string, DatabaseSettings>();
  for (const [name, entry] of readEntries(root, section, databaseSchema, report))
    databases.set(name, await databaseSettings(name, entry, { report, file, path: [section, name] }));
  return databases;
}

/** Reports databases that are the exporter's own state file, by whatever path. */
export async function checkStateFile(
  databases: ReadonlyMap<string, DatabaseSettings>,
  stateFile: string,
  report: Report,
): Promise<void> {
  const own = await realPath(stateFile);
  for (const { name, file } of databases.values())
    if (file !== undefined && (await realPath(file)) === own)
      report.problem(
        ['databases', name],
        'its file is state_file, where the exporter keeps its own state; name the file of a shop or an ERP',
      );
}

/** Path of the state file, or `:memory:`. */
export function readStateFile(root: Mapping, file: string): string {
  const given = root['state_file'];
  if (typeof given !== 'string' || given.trim() === '' || given === ':memory:') return ':memory:';
  return resolveBeside(file, given.trim());
}
