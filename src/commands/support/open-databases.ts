import type { Config } from '../../config/config.ts';
import type { Database } from '../../databases/contract.ts';
import { loadDriver } from '../../databases/drivers.ts';

/** Databases of a configuration that one command has opened for itself. */
export interface OpenDatabases {
  readonly byName: ReadonlyMap<string, Database>;
  close(): Promise<void>;
}

/** Loads the drivers of these databases, and opens them; none of them is asked anything yet. */
export async function openDatabases(config: Config, names: Iterable<string>): Promise<OpenDatabases> {
  const byName = new Map<string, Database>();
  for (const name of new Set(names)) {
    const settings = config.databases.get(name);
    if (settings !== undefined) byName.set(name, (await loadDriver(settings.driver))(settings));
  }
  return {
    byName,
    close: async () => {
      await Promise.all([...byName.values()].map((database) => database.close()));
    },
  };
}

/** What `RunContext.database` wants of them. */
export function databaseFrom(byName: ReadonlyMap<string, Database>): (name: string) => Database {
  return (name) => {
    const found = byName.get(name);
    if (found === undefined) throw new Error(`database ${name} is not open`);
    return found;
  };
}
