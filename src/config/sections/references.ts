import { knownResponders, recipientWords } from '../schema/values.ts';
import { suggest } from '../source/nearest.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';
import { isMapping } from './entries.ts';

/** Every name that a file defines, also of entries with problems. */
export interface Names {
  readonly databases: readonly string[];
  readonly calendars: readonly string[];
  readonly companies: readonly string[];
  readonly responders: readonly string[];
  readonly monitors: readonly string[];
}

/** What an entry can refer to, with the section that defines it. */
const sections = {
  database: { plural: 'databases' },
  calendar: { plural: 'calendars' },
  company: { plural: 'companies' },
  responder: { plural: 'responders' },
  monitor: { plural: 'monitors' },
  recipient: { plural: 'responders' },
} as const;
export type ReferenceType = keyof typeof sections;

/** Every value under the key `database`, at any depth. */
function* databasesIn(value: unknown, path: Path): Generator<{ name: unknown; path: Path }> {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* databasesIn(item, [...path, index]);
  if (!isMapping(value)) return;
  for (const [key, item] of Object.entries(value))
    if (key === 'database') yield { name: item, path: [...path, key] };
    else yield* databasesIn(item, [...path, key]);
}

/** Checks that the names that entries refer to are defined. */
export class References {
  readonly #names: Names;
  readonly #report: Report;

  constructor(names: Names, report: Report) {
    this.#names = names;
    this.#report = report;
  }

  /** Checks a monitor, `defaults:` or a maintenance window. Works on plain data, so that it covers entries with other problems. */
  check(entry: unknown, path: Path): void {
    if (!isMapping(entry)) return;
    this.expect('calendar', entry['calendar'], [...path, 'calendar']);
    this.expect('responder', entry['responder'], [...path, 'responder']);
    for (const [what, key] of [
      ['company', 'companies'],
      ['monitor', 'monitors'],
    ] as const) {
      const names = entry[key];
      if (Array.isArray(names))
        for (const [index, name] of names.entries()) this.expect(what, name, [...path, key, index]);
    }
    for (const { name, path: at } of databasesIn(entry, path)) this.expect('database', name, at);
  }

  /** Reports `name` when it is text and no such entry is defined. */
  expect(what: ReferenceType, name: unknown, path: Path): void {
    if (typeof name !== 'string' || name === '') return;
    const { plural } = sections[what];
    const parties = [...new Set([...this.#names.responders, ...knownResponders])];
    const defined =
      what === 'recipient'
        ? [...parties, ...recipientWords]
        : what === 'responder'
          ? parties
          : this.#names[plural];
    if (defined.includes(name)) return;
    const hint = suggest(name, defined, `there are none; add it under ${plural}`);
    this.#report.problem(path, `no ${what} is called ${JSON.stringify(name)}; ${hint}`);
  }
}
