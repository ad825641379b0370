import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './sources.ts';
import { rooms, type Room } from './table.ts';

const path = 'docs/architecture.md';
const text = readFileSync(join(root, path), 'utf8');

/** The cells of the rows below `heading`, without the row of titles. */
function tableBelow(heading: string): string[][] {
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const lines =
    section
      .split(/\n## /)[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| ')) ?? [];
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** What stands between backticks. */
const named = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

const sorted = (names: readonly string[] = []): string[] => names.toSorted();

describe('docs/architecture.md', () => {
  it('says of each room what it may import, as the table does', () => {
    const written = tableBelow('Rooms').map(([room = '', , imports = '', types = '', packages = '']) => ({
      path: named(room)
        .join()
        .replace(/^src\//, ''),
      imports: sorted(named(imports)),
      types: sorted(named(types)),
      packages: sorted(named(packages)),
      ownPackages: packages.endsWith('+ its client'),
    }));
    const allowed = rooms.map((room: Room) => ({
      path: room.path,
      imports: sorted(room.imports),
      types: sorted(room.types),
      packages: sorted(room.packages),
      ownPackages: room.ownPackages === true,
    }));
    expect(written).toEqual(allowed);
  });

  it('says of each room what it is for', () => {
    const empty = tableBelow('Rooms').filter(([, purpose = '']) => purpose.length < 5);
    expect(empty).toEqual([]);
  });

  it('leads to what is there, from where something is decided to its name in the file', () => {
    const rows = tableBelow('Where is it decided?');
    expect(rows.length).toBeGreaterThan(15);
    const wrong = rows.filter(([, file = '', name = '']) => {
      const target = join(root, named(file).join());
      return !existsSync(target) || !readFileSync(target, 'utf8').includes(named(name).join());
    });
    expect(wrong).toEqual([]);
  });

  it('answers what a newcomer asks first', () => {
    const questions = tableBelow('Where is it decided?').map(
      ([question = '', file = '']) => `${question}: ${file}`,
    );
    for (const [word, file] of [
      ['decimal of SQL Server', 'src/databases/mssql/'],
      ['order is late', 'src/monitors/records/'],
      ['line of `/metrics`', 'src/metrics/exposition.ts'],
      ['mail gets its language', 'src/notifications/'],
    ] as const)
      expect(questions.filter((line) => line.includes(word) && line.includes(`\`${file}`))).toHaveLength(1);
  });

  it('names contracts where they are declared', () => {
    const wrong = tableBelow('Contracts').filter(([name = '', file = '']) => {
      const source = readFileSync(join(root, named(file).join()), 'utf8');
      return !new RegExp(`export (interface|type|class) ${named(name).join()}\\b`).test(source);
    });
    expect(wrong).toEqual([]);
  });

  it('names files, folders and scripts of npm that are there', () => {
    const [before = '', after = ''] = text.replace(/```[^]*?```/g, '').split('\n## Rooms\n');
    const prose = before + after.replace(/^\| .*$/gm, '');
    const paths = named(prose).filter((name) => /^[\w.-]+\/[\w./-]+$/.test(name) && !name.startsWith('erp-'));
    const links = [...prose.matchAll(/\]\(([^)#]+)/g)].map(([, link = '']) => join(dirname(path), link));
    expect(paths.length).toBeGreaterThan(20);
    expect([...paths, ...links].filter((name) => !existsSync(join(root, name)))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    };
    const commands = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(commands.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});
