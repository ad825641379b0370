import type { OpenDatabase } from './contract.ts';

/**
 * The list of drivers: its key is what `driver:` says in the configuration. Each file is imported only when a
 * configuration names it, so that nobody loads, or has to install, a client that he does not use.
 */
export const drivers: Readonly<Record<string, () => Promise<{ open: OpenDatabase }>>> = {
  postgres: () => import('./postgres/database.ts'),
  mssql: () => import('./mssql/database.ts'),
  mysql: () => import('./mysql/database.ts'),
};

/** The names that `driver:` accepts. */
export const driverNames: readonly string[] = Object.keys(drivers);

/** Loads the file of driver `name`. @throws Error when there is no such driver. */
export async function loadDriver(name: string): Promise<OpenDatabase> {
  const load = drivers[name];
  if (load === undefined) throw new Error(`no driver is called ${JSON.stringify(name)}`);
  return (await load()).open;
}
