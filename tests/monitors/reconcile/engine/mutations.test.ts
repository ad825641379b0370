import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampled } from '../../../helpers/nightly.ts';
import { describeReal } from '../../../helpers/real.ts';
import { checked } from './cases.ts';
import { fill, mariadbServer, postgresServer, type Server } from './servers.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const check = join(import.meta.dirname, 'mutation-check.ts');

/** A mistake: in `file`, each `from` becomes `to`. */
interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** "Settle ignored" is tested where settle is. */
const mutations: readonly Mutation[] = [
  {
    name: '< to <= at the end of a range of keys',
    file: 'databases/comparison/sql.ts',
    from: '${value} < ${pasted(to)}',
    to: '${value} <= ${pasted(to)}',
  },
  {
    name: '>= to > at the beginning of a range of keys',
    file: 'databases/comparison/sql.ts',
    from: '${value} >= ${pasted(from)}',
    to: '${value} > ${pasted(from)}',
  },
  {
    name: '< to <= at the end of a range of time',
    file: 'databases/comparison/sql.ts',
    from: `compare(at, '<', part.at.to`,
    to: `compare(at, '<=', part.at.to`,
  },
  {
    name: '< to <= at the end of the core',
    file: 'monitors/reconcile/engine/join/rows.ts',
    from: 'at < core.to',
    to: 'at <= core.to',
  },
  {
    name: '< to <= at the beginning of the core',
    file: 'monitors/reconcile/engine/join/rows.ts',
    from: 'at < core.from',
    to: 'at <= core.from',
  },
  {
    name: 'SUM to XOR in PostgreSQL',
    file: 'databases/postgres/comparison.ts',
    from: 'SUM(${value})',
    to: 'BIT_XOR(${value})',
  },
  {
    name: 'SUM to XOR in MariaDB',
    file: 'databases/mysql/comparison.ts',
    from: 'SUM(${value})',
    to: 'BIT_XOR(${value})',
  },
  {
    name: 'the separator dropped in PostgreSQL',
    file: 'databases/postgres/comparison.ts',
    from: `' || chr(31) || '`,
    to: `' || '`,
  },
  {
    name: 'the separator dropped in MariaDB',
    file: 'databases/mysql/comparison.ts',
    from: 'CONCAT_WS(${character(31)}, ',
    to: 'CONCAT(',
  },
  {
    name: 'the token for NULL skipped in PostgreSQL, for a text',
    file: 'databases/postgres/comparison.ts',
    from: 'return `COALESCE(${sql}, chr(30))`',
    to: `return \`COALESCE(\${sql}, '')\``,
  },
  {
    name: 'the token for NULL skipped in PostgreSQL, for a number',
    file: 'databases/postgres/comparison.ts',
    from: '::text, chr(30))',
    to: `::text, '')`,
  },
  {
    name: 'the token for NULL skipped in PostgreSQL, in its own digest',
    file: 'databases/postgres/comparison.ts',
    from: 'chr(30)) COLLATE',
    to: `'') COLLATE`,
  },
  {
    name: 'the token for NULL skipped in MariaDB',
    file: 'databases/mysql/comparison.ts',
    from: 'COALESCE(${text}, ${character(30)})',
    to: `COALESCE(\${text}, '')`,
  },
  {
    name: 'NULL is 0',
    file: 'databases/comparison/contract.ts',
    from: 'nullCell = -(2n ** 63n)',
    to: 'nullCell = 0n',
  },
  {
    name: 'a linear digest',
    file: 'databases/comparison/digest.ts',
    from: '(${first}) * (${second})',
    to: '(${first}) + (${second})',
  },
  {
    name: 'keys compared as if their low halves had signs',
    file: 'monitors/reconcile/engine/join/rows.ts',
    from: '((one[at] ?? 0) >>> 0) - ((other[otherAt] ?? 0) >>> 0)',
    to: '(one[at] ?? 0) - (other[otherAt] ?? 0)',
  },
  {
    name: 'only low halves of cells compared',
    file: 'monitors/reconcile/engine/join/rows.ts',
    from: 'i < words; i += 1',
    to: 'i < words; i += 2',
  },
  {
    name: 'sums of buckets not compared',
    file: 'monitors/reconcile/engine/join/buckets.ts',
    from: ' || left.sum !== right.sum',
    to: '',
  },
  {
    name: 'rows of buckets not compared with their keys',
    file: 'monitors/reconcile/engine/join/buckets.ts',
    from: 'return left.rows !== left.keys || right.rows !== right.keys',
    to: 'return false',
  },
  {
    name: 'buckets fetched one too early',
    file: 'monitors/reconcile/engine/join/buckets.ts',
    from: 'BigInt(index) * grid.width',
    to: 'BigInt(index - 1) * grid.width',
  },
  {
    name: 'the second of two neighbouring buckets forgotten',
    file: 'monitors/reconcile/engine/join/buckets.ts',
    from: 'to: index + 1, rows: last.rows',
    to: 'to: last.to, rows: last.rows',
  },
  {
    name: 'keys that are there twice taken for pairs',
    file: 'monitors/reconcile/engine/join/pairing-table.ts',
    from: '(before & (bitOf(side) | twice)) !== 0',
    to: 'false',
  },
  {
    name: 'a third row not noticed',
    file: 'monitors/reconcile/engine/join/pairing-table.ts',
    from: 'this.#states[position] = state | twice;\n    } else',
    to: 'this.#states[position] = bitOf(side);\n    } else',
  },
  {
    name: 'duplicates not noticed in a merge',
    file: 'monitors/reconcile/engine/join/merge.ts',
    from: 'this.repeated = true;',
    to: '',
  },
];

describeReal('mutations of the comparison', ['postgres', 'mariadb'], () => {
  const servers: Server[] = [];
  let folder: string;

  const run = (): Promise<{ code: number; words: string }> =>
    new Promise((resolve) => {
      const environment = {
        ...process.env,
        CHECK_SERVERS: JSON.stringify(servers.map(({ settings }) => settings)),
      };
      execFile(
        process.execPath,
        [check, folder],
        { env: environment, timeout: 120_000 },
        (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
          resolve({ code, words: stdout + stderr });
        },
      );
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mutations-'));
    cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    servers.push(...(await Promise.all([postgresServer(), mariadbServer()])));
    const sets = checked.map(
      ({ left, right }, set) => [set, { left_rows: left, right_rows: right }] as const,
    );
    for (const server of servers) await fill(server, new Map(sets));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.dispose()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds nothing wrong with the sources as they are', async () => {
    expect(await run()).toEqual({ code: 0, words: 'all is found' });
  }, 130_000);

  it('is about lines that the sources hold', () => {
    for (const { file, from } of mutations)
      expect(readFileSync(join(folder, 'src', file), 'utf8').includes(from), `${file} holds ${from}`).toBe(
        true,
      );
  });

  it.each(sampled(mutations, 8))(
    'notices: $name',
    async ({ file, from, to }) => {
      const path = join(folder, 'src', file);
      const source = readFileSync(path, 'utf8');
      try {
        writeFileSync(path, source.replaceAll(from, to));
        const { code, words } = await run();
        expect(code, words).toBe(3);
      } finally {
        writeFileSync(path, source);
      }
    },
    130_000,
  );
});
