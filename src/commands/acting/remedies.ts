import type { Remedies } from '../../config/config.ts';
import { driverOf } from '../../databases/drivers.ts';
import type { WritableDatabase } from '../../databases/writable.ts';
import { createSend } from '../../outbound/send.ts';
import { RemedyService } from '../../remedies/remedies.ts';
import type { ActingPart, PartTools } from './part.ts';
import { secretOf } from './secret.ts';

/** Databases that are written to, each opened when it is first needed. */
class WritableDatabases {
  readonly #settings: Remedies['databases'];
  readonly #open = new Map<string, Promise<WritableDatabase>>();

  constructor(settings: Remedies['databases']) {
    this.#settings = settings;
  }

  of(name: string): WritableDatabase {
    return {
      transaction: async (work, options) => (await this.#opened(name)).transaction(work, options),
      close: () => Promise.resolve(),
    };
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    await Promise.all(
      opened.map(async (each) => {
        if (each.status === 'fulfilled') await each.value.close();
      }),
    );
  }

  #opened(name: string): Promise<WritableDatabase> {
    const found = this.#open.get(name) ?? this.#load(name);
    this.#open.set(name, found);
    return found;
  }

  async #load(name: string): Promise<WritableDatabase> {
    const settings = this.#settings.get(name);
    if (settings === undefined) throw new Error(`there is no writable database ${name}`);
    const loaded = await driverOf(settings.driver).loadWritable?.();
    if (loaded === undefined) throw new Error(`databases of driver ${settings.driver} cannot be written to`);
    return loaded.openWritable(settings);
  }
}

/** Remedies, of a configuration that has them. */
export function makeRemedies({
  config,
  store,
  snapshot,
  log,
  now,
  remedyCounts,
}: PartTools): ActingPart | undefined {
  const { remedies } = config;
  if (remedies === undefined) return undefined;
  const databases = new WritableDatabases(remedies.databases);
  const service = new RemedyService({
    store,
    remedies: () => remedies,
    tasks: () => snapshot.tasks.values(),
    maintenance: () => snapshot.maintenance,
    createSend,
    secret: secretOf,
    database: (name) => databases.of(name),
    // The store tells the dispatcher itself.
    ordered: () => undefined,
    log,
    now,
    counts: remedyCounts,
  });
  return {
    handlers: new Map([['remedy', service.handler]]),
    start: () => service.poke(0),
    stop: async () => {
      await service.stop();
      await databases.close();
    },
    remedies: service,
  };
}
