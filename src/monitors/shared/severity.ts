import type { RunContext, CompanyStatus } from '../contract.ts';

type State = CompanyStatus['state'];

const ranks: Readonly<Record<State, number>> = { ok: 0, warning: 1, critical: 2 };

/** The worst of some states; `ok` for none. */
export function worst(states: readonly State[]): State {
  return states.reduce<State>((one, other) => (ranks[other] > ranks[one] ? other : one), 'ok');
}

/** Says of a count that is no problem which limit it keeps: a limit is exceeded by more than it. */
export function withinLimit(count: number, limit: number): string {
  return `${count < limit ? 'below' : 'at'} the limit of ${limit}`;
}

/** How bad something that has failed is in this run: critical in a critical flow, else a warning. */
export function failureState(run: RunContext<unknown>): State {
  return run.criticality === 'critical' ? 'critical' : 'warning';
}
