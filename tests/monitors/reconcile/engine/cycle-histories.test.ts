import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Key, MismatchKind, SideName } from '../../../../src/monitors/reconcile/engine/types.ts';
import { confirmed, Runs } from './cycle-runs.ts';
import { minute, second, World } from './cycle-world.ts';
import { casesOf } from '../../../helpers/nightly.ts';

const settle = 5 * minute;

/** What becomes of a record. It is inserted on `side`; the other side gets it `lag` later, in whatever way. */
interface Story {
  readonly side: SideName;
  readonly at: number;
  readonly lag: number;
  readonly fate: 'copied' | 'lost' | 'wrong' | 'twice';
  /** When somebody puts it right, counted from the copy; null: nobody does. */
  readonly repairedAfter: number | null;
}

type Shape = readonly [name: string, key: 'integer' | 'text', hasAt: boolean, hasChanged: boolean];

const shapes: readonly Shape[] = [
  ['text keys with times', 'text', true, false],
  ['integer keys with times', 'integer', true, true],
  ['integer keys alone', 'integer', false, false],
  ['text keys alone', 'text', false, true],
];

const story = fc.record<Story>({
  side: fc.constantFrom('left', 'right'),
  at: fc.integer({ min: 0, max: 15 * 60 }).map((seconds) => seconds * second),
  lag: fc.integer({ min: 0, max: 299 }).map((seconds) => seconds * second),
  fate: fc.constantFrom('copied', 'copied', 'lost', 'wrong', 'twice'),
  repairedAfter: fc.option(fc.integer({ min: 0, max: 15 }).map((minutes) => minutes * minute)),
});

const other = (side: SideName): SideName => (side === 'left' ? 'right' : 'left');

const kindOf = ({ fate, side }: Story): MismatchKind =>
  fate === 'wrong' ? 'different' : fate === 'twice' ? 'duplicate' : `missing_${other(side)}`;

/** Stories that happen while runs go on, also between the statements of one run. */
class History {
  readonly runs: Runs;
  readonly #begin: number;
  readonly #events: { readonly at: number; readonly happen: () => void }[] = [];
  readonly #open = new Map<Key, Story>();

  constructor([, key, hasAt, hasChanged]: Shape, stories: readonly Story[]) {
    const world = new World(key, { hasAt, hasChanged });
    this.runs = new Runs(world);
    this.#begin = world.now;
    for (const [index, each] of stories.entries())
      this.#tell(world, key === 'text' ? `r${index}` : BigInt(index), each);
    this.#events.sort((one, next) => one.at - next.at);
    world.onStatement = () => {
      world.now += 150;
      this.#happen();
    };
  }

  /** `kind` by key of what is wrong now, and not because of lag. */
  get wrong(): Record<string, MismatchKind> {
    return Object.fromEntries([...this.#open].map(([key, each]) => [String(key), kindOf(each)]));
  }

  #tell(world: World, key: Key, each: Story): void {
    const { side, lag, fate, repairedAfter } = each;
    const at = this.#begin + each.at;
    const row = { at: world.sides.left.selection.at === undefined ? null : at, changedAt: at };
    const copy = (change = {}) => world.insert(other(side), key, { ...row, changedAt: at + lag, ...change });
    this.#events.push({
      at,
      happen: () => {
        world.insert(side, key, row);
        if (fate !== 'copied') this.#open.set(key, each);
      },
    });
    this.#events.push({
      at: at + lag,
      happen: () => {
        if (fate !== 'lost') copy(fate === 'wrong' ? { cells: [2n] } : {});
        if (fate === 'twice') copy();
      },
    });
    if (repairedAfter === null || fate === 'copied') return;
    this.#events.push({
      at: at + lag + repairedAfter,
      happen: () => {
        this.#open.delete(key);
        world.remove(other(side), key);
        copy({ changedAt: world.now });
      },
    });
  }

  #happen(): void {
    while ((this.#events[0]?.at ?? Infinity) <= this.runs.world.now) this.#events.shift()?.happen();
  }

  /** Runs every `every` for so long. */
  async go(every: number, forMs: number, check: (now: Record<string, string>) => void): Promise<void> {
    const end = this.runs.world.now + forMs;
    for (let turn = 0; this.runs.world.now < end; turn += 1) {
      this.runs.world.now += every;
      this.#happen();
      // All is audited in each run: there is no index into the past that a table without times could use.
      const wanted = turn % 2 === 0 ? 'rows' : 'buckets';
      check(confirmed(await this.runs.run({ fullAuditMs: 1, wanted })));
    }
  }
}

const everySecond = fc.integer({ min: 5, max: 120 }).map((seconds) => seconds * second);

describe.each(shapes)('%s', (...shape) => {
  it('never confirm what is only late', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          story.map((each): Story => ({ ...each, fate: 'copied' })),
          { maxLength: 8 },
        ),
        everySecond,
        async (stories, every) => {
          const history = new History(shape, stories);
          await history.go(every, 15 * minute + 2 * settle, (now) => expect(now).toEqual({}));
        },
      ),
      { numRuns: casesOf(15) },
    );
  });

  it('confirm what is lost, exactly, and resolve what is repaired', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(story, { maxLength: 8 }), everySecond, async (stories, every) => {
        const history = new History(shape, stories);
        const ever = new Set(stories.flatMap(({ fate }, index) => (fate === 'copied' ? [] : [index])));
        const indexOf = (key: string) => Number(key.replace('r', ''));
        await history.go(every, 15 * minute, (now) =>
          expect(Object.keys(now).filter((key) => !ever.has(indexOf(key)))).toEqual([]),
        );
        // Until the last repair, and until the last loss is old enough and was seen twice.
        await history.go(every, settle + 15 * minute + 2 * settle + 3 * every, () => undefined);
        await history.go(every, every, (now) => expect(now).toEqual(history.wrong));
      }),
      { numRuns: casesOf(15) },
    );
  });
});
