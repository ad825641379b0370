import { z } from 'zod';
import type { RunContext } from '../contract.ts';

const stateKey = 'currencies';
/** Most currencies that are remembered of one source: a column that holds other texts must not fill the state. */
const mostKept = 20;

const stored = z.record(z.string(), z.array(z.string()));

function load(state: Pick<RunContext<unknown>['state'], 'get'>): Readonly<Record<string, readonly string[]>> {
  try {
    return stored.safeParse(JSON.parse(state.get(stateKey) ?? '{}')).data ?? {};
  } catch {
    return {};
  }
}

/**
 * Remembers in which currencies amounts were seen, so that an amount that is gone is exported as 0 and does not vanish. It is kept
 * in the monitor's state, in one entry, and survives a restart.
 *
 * @param seen source of amounts, such as a query and a company → the currencies that it shows in this run.
 * @returns for each of these sources the currencies of this run and of earlier ones.
 */
export function noteCurrencies(
  state: RunContext<unknown>['state'],
  seen: ReadonlyMap<string, Iterable<string>>,
): ReadonlyMap<string, readonly string[]> {
  const before = load(state);
  const after = new Map(
    [...seen].map(([source, currencies]) => {
      const kept = Object.hasOwn(before, source) ? (before[source] ?? []) : [];
      return [source, [...new Set([...kept, ...currencies])]] as const;
    }),
  );
  const kept = Object.fromEntries(
    [...after]
      .filter(([, currencies]) => currencies.length > 0)
      .map(([source, list]) => [source, list.slice(0, mostKept)]),
  );
  const text = JSON.stringify(kept);
  if (text !== (state.get(stateKey) ?? '{}')) state.write({ set: new Map([[stateKey, text]]) });
  return after;
}

/** The amounts with a 0 for each currency that has none. */
export function withZeros(
  amounts: Iterable<readonly [currency: string, sum: number]>,
  currencies: Iterable<string>,
): ReadonlyMap<string, number> {
  return new Map([...[...currencies].map((currency) => [currency, 0] as const), ...amounts]);
}
