import type { Instant } from '../time.ts';
import type { DemoCompany } from './companies.ts';
import type { Random } from './random.ts';
import type { Cells } from './database/statements.ts';
import { insert, zoned } from './database/statements.ts';
import type { Place, World } from './world.ts';

/** Seconds between two synchronisations with the CRM. */
export const syncEvery = 20;

/** How long the log of the CRM is kept, in milliseconds: longer than any day is. */
const keptMs = 2 * 86_400_000;

/** One synchronisation's row: most contacts are taken, now and then one is rejected. */
export function syncCells(id: number, company: string, at: Instant, random: Random): Cells {
  const rejected = random.chance(0.15) ? random.integer(1, 3) : 0;
  const message = rejected === 0 ? null : 'E-mail address is not valid for Contact';
  return { sync_id: id, company, done_at: zoned(at), accepted: random.integer(0, 25), rejected, message };
}

/** Deletes what no query asks for any more. */
export const pruneCrm = (now: Instant): string =>
  `DELETE FROM crm_sync_log WHERE done_at < '${zoned(now - keptMs)}'`;

/** The CRM's synchronisation of one company. */
export class CrmSync {
  readonly #company: DemoCompany;
  readonly #place: Place;
  readonly #nextId: () => number;
  #nextAt: Instant;

  constructor(company: DemoCompany, nextId: () => number, firstAt: Instant) {
    this.#company = company;
    this.#place = `${company.name}/crm`;
    this.#nextId = nextId;
    this.#nextAt = firstAt;
  }

  step(world: World): void {
    if (world.now < this.#nextAt || world.trouble.syncStops.has(this.#place)) return;
    this.#nextAt = world.now + syncEvery * 1000;
    const cells = syncCells(this.#nextId(), this.#company.name, world.now, world.random);
    world.run('erp', insert('crm_sync_log', [cells]));
    const rejects =
      cells['rejected'] === 0 ? '' : `, ${cells['rejected'] ?? 0} rejected: ${cells['message'] ?? ''}`;
    const text = `CRM synchronised, ${cells['accepted'] ?? 0} contacts taken${rejects}`;
    world.narrate(this.#company.name, text, 'routine');
  }
}
