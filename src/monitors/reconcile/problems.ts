import type { SettingsProblem } from '../contract.ts';
import { sideNames } from './engine/types.ts';
import type { SideName } from './engine/types.ts';
import type { Settings } from './settings.ts';
import { ownColumns } from './side-settings.ts';
import type { SideSettings } from './side-settings.ts';

function sideProblems(given: SideSettings, name: SideName, compare: readonly string[]): SettingsProblem[] {
  const { query, table, columns, where } = given;
  if ((query === undefined) === (table === undefined))
    return [
      { path: [name], message: 'needs a query, or a table with columns: write exactly one of the two' },
    ];
  if (query !== undefined)
    return (
      [
        ['columns', columns],
        ['where', where],
      ] as const
    ).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [{ path: [name, key], message: 'belongs to table; remove it, or replace query with table' }],
    );
  const allowed = [...ownColumns, ...compare];
  return [
    ...['record', ...compare]
      .filter((needed) => columns?.[needed] === undefined)
      .map((needed) => ({
        path: [name, 'columns'],
        message: `does not say which column is ${needed}; add ${needed}: …`,
      })),
    ...Object.keys(columns ?? {})
      .filter((column) => !allowed.includes(column))
      .map((column) => ({
        path: [name, 'columns', column],
        message: `is not known: it may be ${ownColumns.join(', ')} or a name of compare`,
      })),
  ];
}

/** Cross-checks of the settings; see `MonitorKind.problems`. */
export function problems(given: Settings): SettingsProblem[] {
  const compare = Object.keys(given.compare);
  const taken = new Set<string>(['record', 'at', 'changed_at', 'currency']);
  return [
    ...sideNames.flatMap((name) => sideProblems(given[name], name, compare)),
    ...compare
      .filter((column) => taken.has(column.toLowerCase()))
      .map((column) => ({
        path: ['compare', column],
        message: 'is a column with a fixed meaning; select it again under another name and compare that',
      })),
    ...Object.entries(given.compare).flatMap(([column, how]) => {
      if (how.type !== 'status') return [];
      const right = new Set(Object.values(how.right));
      const lonely = [...new Set(Object.values(how.left))].filter((meaning) => !right.has(meaning));
      return lonely.map((meaning) => ({
        path: ['compare', column, 'left'],
        message: `says ${JSON.stringify(meaning)}, which the right side never means, so that the two could never agree; add it to right`,
      }));
    }),
    ...(given.settle >= given.window
      ? [{ path: ['settle'], message: 'is not shorter than window, so that nothing would ever be compared' }]
      : []),
  ];
}
