import type { Database } from '../../../src/databases/contract.ts';
import type { Column } from '../../../src/databases/values.ts';
import type { Reading } from '../../../src/monitors/contract.ts';
import { reconcile } from '../../../src/monitors/reconcile/index.ts';
import { minute, newState, start, World } from './engine/cycle-world.ts';
import { observe, seriesOf } from '../run.ts';

export const compare = {
  total: { type: 'money' },
  state: { type: 'status', left: { paid: 'paid', open: 'unpaid' }, right: { P: 'paid', O: 'unpaid' } },
  paid_at: { type: 'instant', tolerance: '1s' },
  note: { type: 'text' },
  items: { type: 'integer' },
};
const paid = 0n;
export const unpaid = 1n;
/** What the record of every test is like unless it says otherwise; 09:30 in Brussels is 08:30. */
export const usual = [124050n, paid, BigInt(start - 90 * minute), 77n, 3n] as const;

const sides = {
  left: { database: 'shop', title: 'website', query: 'SELECT shop' },
  right: { database: 'erp', query: 'SELECT erp' },
};

/** A monitor on the two servers of a world. */
export class Monitor {
  readonly world = new World('text');
  readonly state = newState();
  columns: Record<'shop' | 'erp', readonly string[]> = { shop: allColumns, erp: allColumns };
  readonly #settings: Readonly<Record<string, unknown>>;

  constructor(settings: Readonly<Record<string, unknown>> = {}) {
    this.#settings = { ...sides, compare, ...settings };
  }

  insert(side: 'left' | 'right', key: string, cells: readonly bigint[] = usual, amount = '1240.50'): void {
    this.world.insert(side, key, { cells, at: start, amount });
  }

  after(ms: number, overrides: Parameters<typeof observe<typeof reconcile.settings>>[3] = {}) {
    this.world.now += ms;
    return observe(reconcile, this.#settings, this.#database('shop'), {
      state: this.state,
      now: this.world.now,
      database: (name) => this.#database(name === 'shop' ? 'shop' : 'erp'),
      recordUrl: (record) => (record.includes('/') ? '' : `https://shop.example/${record}`),
      ...overrides,
    });
  }

  /** As after two runs, of which the second one is old enough. */
  async confirmed(): Promise<Reading> {
    await this.after(6 * minute);
    return this.after(6 * minute);
  }

  #database(name: 'shop' | 'erp'): Database {
    const columns = this.columns[name].map((column): Column => ({
      name: column,
      type: 'text',
      native: 'text',
    }));
    const { comparison } = this.world.sides[name === 'shop' ? 'left' : 'right'];
    // The kind asks for nothing else.
    return { describe: () => Promise.resolve(columns), comparison } as Partial<Database> as Database;
  }
}

export const allColumns = ['RECORD', 'at', 'amount', 'currency', ...Object.keys(compare)];

/** The series of one family, by its labels. */
export function family(reading: Reading, name: string): Record<string, number> {
  const prefix = `erp_reconciliation_${name}{acme,`;
  return Object.fromEntries(
    Object.entries(seriesOf(reading))
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length, -1), value]),
  );
}
