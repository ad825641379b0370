import { expect, it } from 'vitest';
import { listColumns } from '../../src/commands/columns.ts';
import { kinds } from '../../src/monitors/kinds.ts';

function list(kind: string): string[] {
  const lines: string[] = [];
  expect(listColumns({ kind, write: (line) => lines.push(line) })).toBe(0);
  return lines;
}

it('lists the columns of each query of a kind', () => {
  expect(list('sync')).toEqual([
    'query:',
    '  last_sync       time    required  when the last sync ended; NULL: never',
    '  syncs_today     number  optional  how many syncs there were today',
    '  rejected_today  number  optional  how many records the syncs of today rejected, counted from :today; required by rejects',
    '  company         text    optional  the company that the row belongs to; required when one run serves several companies',
  ]);
  expect(list('records').filter((line) => !line.startsWith(' '))).toEqual([
    'failed:',
    'waiting:',
    'finished:',
  ]);
});

it('says what makes a column dispensable', () => {
  expect(list('jobs').find((line) => line.startsWith('  status'))).toMatch(
    /^ {2}status +text +required unless there is due or last_success +how the run ended/,
  );
});

it('knows the columns that a monitor of each such kind checks', () => {
  for (const kind of kinds) {
    const { columns } = kind;
    if (columns === undefined || kind.kind === 'query') continue;
    const given = kind.settings.parse({
      database: 'd',
      query: 'Q',
      failed: 'F',
      waiting: 'W',
      finished: 'L',
    });
    for (const query of kind.queries(given))
      expect(columns[query.key], `${kind.kind} ${query.key}`).toStrictEqual(query.columns);
  }
});

it('names the kinds when there is no such one', () => {
  expect(() => list('record')).toThrow('did you mean records?');
  expect(() => list('x')).toThrow('write one of records, sync, jobs, query');
});
