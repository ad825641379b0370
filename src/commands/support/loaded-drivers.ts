import type { Config } from '../../config/config.ts';
import type { OpenDatabase } from '../../databases/contract.ts';
import { loadDriver } from '../../databases/drivers.ts';

/** The clients of the databases that configurations have named so far. */
export class LoadedDrivers {
  readonly #loaded = new Map<string, OpenDatabase>();

  /** Loads those that a configuration names. @throws Error when one cannot be loaded. */
  async load({ databases }: Config): Promise<void> {
    for (const { driver } of databases.values())
      if (!this.#loaded.has(driver)) this.#loaded.set(driver, await loadDriver(driver));
  }

  /** @throws Error when it was not loaded. */
  openOf(driver: string): OpenDatabase {
    const found = this.#loaded.get(driver);
    if (found === undefined) throw new Error(`driver ${driver} was not loaded`);
    return found;
  }
}
