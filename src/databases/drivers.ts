import type { OpenDatabase } from './contract.ts';
import type { Driver } from './driver.ts';
import { mssql } from './mssql/index.ts';
import { mysql } from './mysql/index.ts';
import { postgres } from './postgres/index.ts';
import { sqlite } from './sqlite/index.ts';

/** The list of drivers: a new one is its folder and one line here. */
export const drivers: readonly Driver[] = [postgres, mssql, mysql, sqlite];

/** The names that `driver:` accepts. */
export const driverNames: readonly string[] = drivers.map(({ name }) => name);

/** The driver that `driver:` names. @throws Error when there is none. */
export function driverOf(name: string): Driver {
  const driver = drivers.find((one) => one.name === name);
  if (driver === undefined) throw new Error(`no driver is called ${JSON.stringify(name)}`);
  return driver;
}

/** Loads the client of driver `name`. @throws Error when there is no such driver. */
export async function loadDriver(name: string): Promise<OpenDatabase> {
  return (await driverOf(name).load()).open;
}
