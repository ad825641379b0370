import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  beginOf,
  emptyLedger,
  mismatchKinds,
} from '../../../../../src/monitors/reconcile/engine/ledger/ledger.ts';
import type {
  Cycle,
  Ledger,
  LedgerRules,
  VerifiedMismatch,
} from '../../../../../src/monitors/reconcile/engine/ledger/ledger.ts';
import {
  ledgerChanges,
  loadLedger,
} from '../../../../../src/monitors/reconcile/engine/ledger/ledger-state.ts';
import { ledgerTotals } from '../../../../../src/monitors/reconcile/engine/ledger/ledger-totals.ts';
import type { Key, MismatchKind } from '../../../../../src/monitors/reconcile/engine/types.ts';
import { openStateFile } from '../../../../../src/state/file.ts';
import { createMonitorStates } from '../../../../../src/state/monitor-states.ts';
import { casesOf } from '../../../../helpers/nightly.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 21, 9);
const rules: LedgerRules = {
  settleMs: 5 * minute,
  graceMs: { missing_left: 0, missing_right: 30 * minute, different: 0, duplicate: 0 },
  limit: 100,
};

function mismatch(key: Key, change: Partial<VerifiedMismatch> = {}): VerifiedMismatch {
  return {
    key,
    kind: 'different',
    at: null,
    amount: null,
    currency: '',
    left: [1n],
    right: [2n],
    leftTexts: [],
    rightTexts: [],
    ...change,
  };
}

function cycle(now: number, change: Partial<Omit<Cycle, 'now'>> = {}): Cycle {
  return { now, mismatches: [], resolved: [], comparedSince: null, ...change };
}

/** The ledger after some cycles. */
function after(cycles: readonly Cycle[], from: Ledger = emptyLedger, by: LedgerRules = rules): Ledger {
  return cycles.reduce((ledger, one) => advance(ledger, one, by).ledger, from);
}

const isConfirmed = (ledger: Ledger, key: Key) => ledger.entries.get(key)?.confirmedAt != null;

describe('a mismatch', () => {
  it('is confirmed in the cycle in which it is old enough and seen again', () => {
    const seen = (at: number) => cycle(start + at, { mismatches: [mismatch(1n)] });
    expect(isConfirmed(after([seen(0), seen(minute), seen(5 * minute)]), 1n)).toBe(false);
    const ledger = after([seen(0), seen(minute), seen(5 * minute), seen(5 * minute + 1)]);
    expect(ledger.entries.get(1n)).toMatchObject({ firstSeen: start, confirmedAt: start + 5 * minute + 1 });
    expect(after([seen(10 * minute)], ledger).entries).toEqual(ledger.entries);
  });

  it('of a record that was new when it was found needs a second cycle, and no more', () => {
    const seen = (at: number) =>
      cycle(start + at, { mismatches: [mismatch('P-7', { kind: 'missing_right', at: start })] });
    const free = { ...rules, graceMs: { ...rules.graceMs, missing_right: 0 } };
    expect(isConfirmed(after([seen(6 * minute)], emptyLedger, free), 'P-7')).toBe(false);
    expect(isConfirmed(after([seen(6 * minute), seen(7 * minute)], emptyLedger, free), 'P-7')).toBe(true);
  });

  it.each(mismatchKinds)(
    '%s of an old record may be on its way too: settle begins when it is found',
    (kind) => {
      const seen = (at: number) =>
        cycle(start + at, { mismatches: [mismatch('P-7', { kind, at: start - 100 * minute })] });
      expect(isConfirmed(after([seen(0), seen(minute), seen(5 * minute)]), 'P-7')).toBe(false);
      expect(isConfirmed(after([seen(0), seen(minute), seen(5 * minute + 1)]), 'P-7')).toBe(true);
    },
  );

  it('has the grace of its kind', () => {
    const seen = (kind: MismatchKind, at: number) =>
      cycle(start + at, { mismatches: [mismatch(1n, { kind, at: start })] });
    const at29 = (kind: MismatchKind) => after([seen(kind, minute), seen(kind, 29 * minute)]);
    expect(isConfirmed(at29('missing_left'), 1n)).toBe(true);
    expect(isConfirmed(at29('missing_right'), 1n)).toBe(false);
    expect(isConfirmed(after([seen('missing_right', 31 * minute)], at29('missing_right')), 1n)).toBe(true);
  });

  it('that changes its kind is a candidate again and keeps the time it was first seen', () => {
    const seen = (kind: MismatchKind, at: number) =>
      cycle(start + at, { mismatches: [mismatch(1n, { kind })] });
    const confirmed = after([seen('missing_left', 0), seen('missing_left', 6 * minute)]);
    expect(isConfirmed(confirmed, 1n)).toBe(true);
    const changed = after([seen('different', 7 * minute)], confirmed);
    expect(changed.entries.get(1n)).toMatchObject({ kind: 'different', firstSeen: start, confirmedAt: null });
    expect(isConfirmed(after([seen('different', 8 * minute)], changed), 1n)).toBe(true);
  });

  it('that bears a time to come is as old as the time it was first seen', () => {
    const seen = (at: number) => cycle(start + at, { mismatches: [mismatch(1n, { at: start + 1e12 })] });
    const ledger = after([seen(0), seen(6 * minute)]);
    expect(isConfirmed(ledger, 1n)).toBe(true);
    expect([...ledger.entries.values()].map(beginOf)).toEqual([start]);
  });

  it('is never first seen in the future, when the clock is put back', () => {
    const seen = (at: number) => cycle(start + at, { mismatches: [mismatch(1n)] });
    expect(after([seen(0), seen(-60 * minute)]).entries.get(1n)?.firstSeen).toBe(start - 60 * minute);
  });

  it('that is found and found well in one cycle is one', () => {
    const ledger = after([cycle(start, { mismatches: [mismatch(1n)] })]);
    const both = cycle(start + minute, { mismatches: [mismatch(1n)], resolved: [1n] });
    expect(advance(ledger, both, rules)).toMatchObject({ resolved: [] });
    expect(after([both], ledger).entries.get(1n)?.cycles).toBe(2);
  });

  it('that is named twice in a cycle was seen in one', () => {
    const twice = cycle(start, { mismatches: [mismatch(1n), mismatch(1n, { amount: '2' })] });
    expect(after([twice]).entries.get(1n)).toMatchObject({ cycles: 1, amount: '2' });
  });

  it('is handed out when it is resolved, and counted if it was confirmed', () => {
    const seen = (at: number, ...keys: bigint[]) =>
      cycle(start + at, { mismatches: keys.map((key) => mismatch(key)) });
    const ledger = after([seen(0, 1n), seen(6 * minute, 1n, 2n)]);
    const done = advance(ledger, cycle(start + 7 * minute, { resolved: [1n, 2n, 3n, 1n] }), rules);
    expect(done.resolved.map(({ key }) => key)).toEqual([1n, 2n]);
    expect(done.ledger.entries.size).toBe(0);
    expect(done.ledger.resolvedTotal).toBe(1);
  });
});

describe('the limit', () => {
  const three = { ...rules, limit: 3 };
  const aged = (key: bigint, age: number) => mismatch(key, { at: start - age * minute });

  it('keeps what is oldest and says that there was more', () => {
    const ledger = after(
      [cycle(start, { mismatches: [1n, 2n, 3n, 4n].map((key) => aged(key, Number(key))) })],
      emptyLedger,
      three,
    );
    expect([...ledger.entries.keys()].sort()).toEqual([2n, 3n, 4n]);
    expect(ledger.overflowedAt).toBe(start);
  });

  it('never drops a confirmed one for an older candidate', () => {
    const young = [1n, 2n, 3n].map((key) => aged(key, 6));
    const full = after(
      [cycle(start, { mismatches: young }), cycle(start + 6 * minute, { mismatches: young })],
      emptyLedger,
      three,
    );
    const ledger = after([cycle(start + 7 * minute, { mismatches: [aged(9n, 1000)] })], full, three);
    expect(ledger.entries).toEqual(full.entries);
    expect(ledger.overflowedAt).toBe(start + 7 * minute);
  });

  it('is said to be passed until everything was compared since', () => {
    const four = [1n, 2n, 3n, 4n].map((key) => aged(key, 6));
    const full = after([cycle(start, { mismatches: four })], emptyLedger, three);
    const less = after([cycle(start + 1, { resolved: [1n, 2n], comparedSince: start })], full, three);
    expect(less.overflowedAt).toBe(start);
    expect(after([cycle(start + 2, { comparedSince: start + 1 })], less, three).overflowedAt).toBeNull();
  });
});

describe('totals', () => {
  it('are exact, by kind and currency, of what is confirmed', () => {
    const all = [
      mismatch(1n, { amount: '0.1', currency: 'EUR', at: start - 20 * minute }),
      mismatch(2n, { amount: '0.20', currency: 'EUR', at: start - 10 * minute }),
      mismatch(3n, { amount: '9007199254740993.01', currency: 'USD', at: start - 10 * minute }),
      mismatch(4n, { amount: null, currency: 'EUR', at: start - 10 * minute }),
      mismatch(5n, { amount: 'n/a', currency: 'EUR', at: start - 10 * minute }),
      mismatch(6n, { kind: 'missing_right', amount: '5', currency: 'EUR' }),
    ];
    const ledger = after([
      cycle(start, { mismatches: all }),
      cycle(start + 6 * minute, {
        mismatches: [...all, mismatch(7n, { amount: '100', currency: 'EUR' })],
      }),
    ]);
    const none = { confirmed: 0, candidates: 0, oldest: null, amounts: new Map() };
    expect(ledgerTotals(ledger)).toEqual(
      new Map<MismatchKind, unknown>([
        ['missing_left', none],
        ['missing_right', { ...none, candidates: 1 }],
        [
          'different',
          {
            confirmed: 5,
            candidates: 1,
            oldest: start - 20 * minute,
            amounts: new Map([
              ['EUR', '0.30'],
              ['USD', '9007199254740993.01'],
            ]),
          },
        ],
        ['duplicate', none],
      ]),
    );
  });
});

/** What a cycle says of each of some keys: nothing, since it was cut; that it is well; or what is wrong. */
const said = fc.constantFrom('unseen', 'well', ...mismatchKinds);
const keys: readonly Key[] = [1n, -(2n ** 62n), '1', 'é"\u0000\ud800', ''];
const histories = fc.array(
  fc.record({
    after: fc.integer({ min: 1, max: 12 }),
    says: fc.array(said, { minLength: keys.length, maxLength: keys.length }),
  }),
  { maxLength: 12 },
);
const times = fc.array(fc.option(fc.integer({ min: -60, max: 0 })), {
  minLength: keys.length,
  maxLength: keys.length,
});

interface Told {
  readonly now: number;
  readonly says: readonly ('unseen' | 'well' | MismatchKind)[];
}

function toldOf(history: readonly { after: number; says: Told['says'] }[]): Told[] {
  let now = start;
  return history.map(({ after: minutes, says }) => ({ now: (now += minutes * minute), says }));
}

function cycleOf({ now, says }: Told, ats: readonly (number | null)[]): Cycle {
  const told = keys.map((key, index) => ({ key, word: says[index] ?? 'unseen', at: ats[index] ?? null }));
  return cycle(now, {
    mismatches: told.flatMap(({ key, word, at }) =>
      word === 'unseen' || word === 'well'
        ? []
        : [mismatch(key, { kind: word, at: at === null ? null : start + at * minute })],
    ),
    resolved: told.filter(({ word }) => word === 'well').map(({ key }) => key),
  });
}

/** Whether a key is confirmed, told from its whole history at once. */
function mustBeConfirmed(history: readonly Told[], index: number, at: number | null): boolean {
  const words = history.map(({ now, says }) => ({ now, word: says[index] ?? 'unseen' }));
  const open = words
    .slice(words.findLastIndex(({ word }) => word === 'well') + 1)
    .filter(({ word }) => word !== 'unseen');
  const kind = open.at(-1)?.word;
  const [first] = open;
  if (kind === undefined || kind === 'unseen' || kind === 'well' || first === undefined) return false;
  const since = open.slice(open.findLastIndex(({ word }) => word !== kind) + 1);
  const begin = at === null ? first.now : start + at * minute;
  const isNew = kind.startsWith('missing') && first.now - begin <= 2 * rules.settleMs;
  const settles = isNew ? begin : first.now;
  return since
    .slice(1)
    .some(({ now }) => now - settles > rules.settleMs && now - begin > rules.graceMs[kind]);
}

describe('whatever happens', () => {
  it('confirms what its history says, and nothing else', () => {
    fc.assert(
      fc.property(histories, times, (history, ats) => {
        const told = toldOf(history);
        const ledger = after(told.map((one) => cycleOf(one, ats)));
        keys.forEach((key, index) =>
          expect(isConfirmed(ledger, key)).toBe(mustBeConfirmed(told, index, ats[index] ?? null)),
        );
      }),
      { numRuns: casesOf(500) },
    );
  });

  it('never confirms what vanishes before its second cycle, nor what is younger than settle', () => {
    fc.assert(
      fc.property(histories, times, (history, ats) => {
        const seen = new Map<Key, number>();
        let ledger = emptyLedger;
        for (const told of toldOf(history)) {
          const one = cycleOf(told, ats);
          for (const key of one.resolved) seen.delete(key);
          for (const { key } of one.mismatches) seen.set(key, (seen.get(key) ?? 0) + 1);
          ledger = advance(ledger, one, rules).ledger;
          for (const entry of ledger.entries.values())
            if (entry.confirmedAt !== null) {
              expect(seen.get(entry.key)).toBeGreaterThanOrEqual(2);
              expect(told.now - beginOf(entry)).toBeGreaterThan(rules.settleMs);
            }
        }
      }),
      { numRuns: casesOf(300) },
    );
  });

  it('leaves everything as it was in a run that looked at nothing', () => {
    fc.assert(
      fc.property(histories, times, (history, ats) => {
        const ledger = after(toldOf(history).map((one) => cycleOf(one, ats)));
        expect(after([cycle(start + 1e9)], ledger)).toEqual(ledger);
      }),
    );
  });

  it('goes on after a restart as if there had been none', () => {
    let run = 0;
    const states = createMonitorStates(undefined, () => {});
    fc.assert(
      fc.property(histories, times, (history, ats) => {
        run += 1;
        let ledger = emptyLedger;
        for (const told of toldOf(history)) {
          const state = states.open(`m${run}`, 'd', 0);
          const before = loadLedger(state);
          expect(before).toEqual(ledger);
          const next = advance(before, cycleOf(told, ats), { ...rules, limit: 3 }).ledger;
          state.write(ledgerChanges(before, next));
          ledger = advance(ledger, cycleOf(told, ats), { ...rules, limit: 3 }).ledger;
        }
        expect(loadLedger(states.open(`m${run}`, 'd', 0))).toEqual(ledger);
      }),
      { numRuns: casesOf(200) },
    );
  });
});

describe('a state', () => {
  it('is told only what has changed', () => {
    const all = [mismatch(1n), mismatch(2n), mismatch(3n)];
    const one = after([cycle(start, { mismatches: all }), cycle(start + 6 * minute, { mismatches: all })]);
    const two = after(
      [
        cycle(start + 7 * minute, {
          mismatches: [mismatch(1n), mismatch(2n, { amount: '1' })],
          resolved: [3n],
        }),
      ],
      one,
    );
    const changes = ledgerChanges(one, two);
    expect([...(changes.set?.keys() ?? [])].sort()).toEqual(['ledger', 'mismatch/2']);
    expect([...(changes.delete ?? [])]).toEqual(['mismatch/3']);
  });

  it('in a file brings back every value, and what cannot be read is left out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    try {
      const path = join(folder, 'state.db');
      const ledger = after([
        cycle(start, {
          mismatches: [
            mismatch(2n ** 63n - 1n, { left: [-(2n ** 63n), null, 0n], right: null, amount: '-0.05' }),
            mismatch('12', { kind: 'duplicate', at: start - 1, currency: 'EUR' }),
          ],
        }),
      ]);
      const open = () => {
        const database = openStateFile(path);
        return { database, state: createMonitorStates(database, () => {}).open('m', 'd', start) };
      };
      const before = open();
      before.state.write(ledgerChanges(emptyLedger, ledger));
      before.state.write({
        set: new Map([
          ['mismatch/7', '{"kind":"odd"}'],
          ['mismatch/x', '{}'],
          ['mismatch/8', ''],
        ]),
      });
      before.database.close();
      const again = open();
      expect(loadLedger(again.state)).toEqual(ledger);
      again.database.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
