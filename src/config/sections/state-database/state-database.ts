import type { DatabaseSettings } from '../../../databases/contract.ts';
import { driverOf, drivers } from '../../../databases/drivers.ts';
import type { Config } from '../../config.ts';
import { databaseSchema } from '../../schema/database.ts';
import type { Report } from '../../source/report.ts';
import { databaseSettings } from '../databases.ts';
import type { Mapping } from '../entries.ts';

/** Reads `state_database:`. @returns nothing when it is absent or bad, which is reported. */
export async function readStateDatabase(
  root: Mapping,
  report: Report,
  file: string,
): Promise<{ readonly stateDatabase?: DatabaseSettings }> {
  const path = ['state_database'];
  if (root['state_database'] === undefined) return {};
  const entry = report.read(databaseSchema, root['state_database'], path);
  if (entry === undefined) return {};
  if (driverOf(entry.driver).keepsState !== true) {
    const able = drivers.filter(({ keepsState }) => keepsState === true).map(({ name }) => name);
    report.problem(
      [...path, 'driver'],
      `${entry.driver} cannot keep what replicas share; use ${able.join(' or ')}, or leave state_database out and name a state_file`,
    );
    return {};
  }
  const stateDatabase = await databaseSettings('state_database', entry, { report, file, path });
  return { stateDatabase };
}

/** Warns when what acts on other systems would forget what it has done. */
export function warnOfForgetting(config: Config, report: Report): void {
  if (config.stateDatabase !== undefined || config.stateFile !== ':memory:') return;
  for (const key of ['tickets', 'remedies', 'mails'] as const)
    if (config[key] !== undefined)
      report.warn(
        [key],
        'what was done and is still to be done is forgotten when the process ends; name a state_file, or a state_database that replicas share',
        'key',
      );
}
