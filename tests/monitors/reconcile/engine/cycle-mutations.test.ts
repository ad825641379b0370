import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampled } from '../../../helpers/nightly.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const check = join(import.meta.dirname, 'cycle-mutation-check.ts');

/** A mistake: in `file` of src/monitors/reconcile/engine/, `from` becomes `to`. */
interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Those of the comparison of two tables are in mutations.test.ts. */
const mutations: readonly Mutation[] = [
  {
    name: 'settle ignored in the cut-off',
    file: 'plan/clocks.ts',
    from: 'now - settleMs - ',
    to: 'now - ',
  },
  {
    name: 'settle ignored where there is no time',
    file: 'ledger/ledger.ts',
    from: 'now - certainSince(seen, settleMs) > settleMs && ',
    to: '',
  },
  {
    name: 'settle counted from the business time of an old record',
    file: 'ledger/ledger.ts',
    from: 'return isNew ? Math.min(at, firstSeen) : firstSeen;',
    to: 'return Math.min(at ?? firstSeen, firstSeen);',
  },
  {
    name: 'seen once is enough',
    file: 'ledger/ledger.ts',
    from: 'cyclesToConfirm = 2',
    to: 'cyclesToConfirm = 1',
  },
  {
    name: 'grace ignored',
    file: 'ledger/ledger.ts',
    from: ' && now - beginOf(seen) > graceMs[seen.kind]',
    to: '',
  },
  {
    name: 'the third look of the sandwich dropped',
    file: 'ledger/verify.ts',
    from: 'const after = await look(left);',
    to: 'const after = before;',
  },
  {
    name: 'what moves taken for well',
    file: 'ledger/verify.ts',
    from: "return { kind: 'moving' };",
    to: "return { kind: 'well' };",
  },
  {
    name: 'a slice whose look-ups the deadline cut taken for compared',
    file: 'cycle.ts',
    from: 'this.#lookups.lookUp(part.keys))',
    to: 'this.#lookups.lookUp(part.keys)).catch(() => undefined)',
  },
  {
    name: 'a part of which some keys were left out taken for compared',
    file: 'cycle.ts',
    from: 'if (part.isWhole)',
    to: 'if (part.span)',
  },
  {
    name: 'the distance of the clocks ignored',
    file: 'plan/clocks.ts',
    from: ' - Math.ceil(skewMs)',
    to: '',
  },
  {
    name: 'no overlap with what was compared before',
    file: 'plan/round.ts',
    from: 'watermark - BigInt(overlapMs)',
    to: 'watermark',
  },
  {
    name: 'what was compared before the promise called verified',
    file: 'plan/promise.ts',
    from: 'const since = now - promiseMs;',
    to: 'const since = 0;',
  },
  {
    name: 'what was compared last compared first',
    file: 'plan/round.ts',
    from: 'one.at - other.at',
    to: 'other.at - one.at',
  },
];

describe('mutations of a run', () => {
  let folder: string;

  const run = (): Promise<{ code: number; words: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [check, folder], { timeout: 60_000 }, (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
        resolve({ code, words: stdout + stderr });
      });
    });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cycle-mutations-'));
    cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('finds nothing wrong with the sources as they are', async () => {
    expect(await run()).toEqual({ code: 0, words: 'all is told' });
  }, 70_000);

  it('is about lines that the sources hold', () => {
    for (const { file, from } of mutations) {
      const source = readFileSync(join(folder, 'src', 'monitors', 'reconcile', 'engine', file), 'utf8');
      expect(source.includes(from), `${file} holds ${from}`).toBe(true);
    }
  });

  it.each(sampled(mutations, 3))(
    'notices: $name',
    async ({ file, from, to }) => {
      const path = join(folder, 'src', 'monitors', 'reconcile', 'engine', file);
      const source = readFileSync(path, 'utf8');
      try {
        writeFileSync(path, source.replaceAll(from, to));
        const { code, words } = await run();
        expect(code, words).toBe(3);
      } finally {
        writeFileSync(path, source);
      }
    },
    70_000,
  );
});
