import type { Instant } from '../../time.ts';
import type { RunContext } from '../contract.ts';

/** A record that has failed, as a run finds it. */
export interface SeenFailure {
  /** The same in every run. */
  readonly key: string;
  /** When it failed, as the database says; null when unknown. An integration may change it at each retry. */
  readonly since: Instant | null;
  /** Its retry is waited for. Those are remembered first when there is not room for all. */
  readonly isRetried: boolean;
}

/** Most records that one monitor remembers. A record that is not remembered is not waited for. */
export const mostRemembered = 5_000;

const prefix = 'failed/';

/** What is remembered of a record. */
interface Memory {
  /** When it was first seen failed, or failed, whichever is earlier. */
  readonly first: Instant;
  /** When it was first missing among the failed ones; null while it is there. */
  readonly gone: Instant | null;
}

function stored({ first, gone }: Memory): string {
  return gone === null ? `${first}` : `${first}/${gone}`;
}

/** What cannot be read is as if it had not been stored. */
function read(text: string): Memory | undefined {
  const [, first, gone] = /^(\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  return first === undefined
    ? undefined
    : { first: Number(first), gone: gone === undefined ? null : Number(gone) };
}

function load(state: RunContext<unknown>['state']): ReadonlyMap<string, Memory> {
  const entries = [...state.entries(prefix)].map(
    ([name, text]) => [name.slice(prefix.length), read(text)] as const,
  );
  return new Map(entries.flatMap(([key, memory]) => (memory === undefined ? [] : [[key, memory] as const])));
}

/** Never later than before: neither a newer `since` nor a clock that was set forward makes a failure younger. */
function remember({ since }: SeenFailure, known: Memory | undefined, now: Instant): Memory {
  return { first: Math.round(Math.min(known?.first ?? now, since ?? now, now)), gone: null };
}

/** What was remembered of records that are missing now, as long as they may come back: a retry under way is no success. */
function missing(
  before: ReadonlyMap<string, Memory>,
  seen: ReadonlySet<string>,
  { now, keptMs }: { readonly now: Instant; readonly keptMs: number },
): (readonly [string, Memory])[] {
  return [...before].flatMap(([key, memory]) => {
    if (seen.has(key)) return [];
    // A clock that was set back must not keep it for longer.
    const gone = Math.min(memory.gone ?? now, now);
    return now - gone < keptMs ? [[key, { ...memory, gone }] as const] : [];
  });
}

/**
 * Since when each failed record has been seen failed, kept in the state of the monitor over runs and restarts.
 *
 * @param failures those of this run, of all its companies.
 * @param keptMs how long a record may be missing without being taken for repaired, in milliseconds.
 * @returns the first time by key, for the records of `failures` that are remembered.
 */
export function firstSeen(
  run: Pick<RunContext<unknown>, 'state' | 'now'>,
  failures: readonly SeenFailure[],
  keptMs: number,
): ReadonlyMap<string, Instant> {
  const { state, now } = run;
  const before = load(state);
  const seen = new Set(failures.map(({ key }) => key));
  const remembered = (isRetried: boolean) =>
    failures
      .filter((failure) => failure.isRetried === isRetried)
      .map((failure) => [failure.key, remember(failure, before.get(failure.key), now)] as const);
  const all = [...remembered(true), ...missing(before, seen, { now, keptMs }), ...remembered(false)];
  const after = new Map(all.slice(0, mostRemembered));
  const changed = [...after].filter(([key, memory]) => {
    const known = before.get(key);
    return known?.first !== memory.first || known.gone !== memory.gone;
  });
  const gone = [...before.keys()].filter((key) => !after.has(key));
  if (changed.length + gone.length > 0)
    state.write({
      set: new Map(changed.map(([key, memory]) => [prefix + key, stored(memory)])),
      delete: gone.map((key) => prefix + key),
    });
  return new Map([...after].flatMap(([key, { first, gone: at }]) => (at === null ? [[key, first]] : [])));
}
