import { holdsLogin, looksSecret } from '../../secrets.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';
import { entriesOf, isMapping } from './entries.ts';
import type { Mapping } from './entries.ts';

/** Sections whose texts stand on pages, in metrics, in mails or in names of files. */
const sections = ['environment', 'state_file', 'known_errors_file', 'maintenance', 'monitors'] as const;

/** What a company is called and belongs to. Its addresses are no texts: some services give random ones. */
const companyKeys: readonly string[] = ['title', 'project'];

const advice = 'keep secrets in password_file or url_file of their database, and write something else here';
const refusal = `is a URL with a login, and would be shown to others: ${advice}`;
/** No more than likely: a name of somebody's system may look as random as a password, and must not be refused. */
const suspicion = `looks like a secret, and is shown to others as it stands: if it is one, ${advice}`;

function* textsBelow(value: unknown, path: Path): Generator<readonly [Path, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* textsBelow(item, [...path, index]);
  else if (isMapping(value))
    for (const [key, item] of Object.entries(value)) yield* textsBelow(item, [...path, key]);
}

function shownTexts(root: Mapping): readonly (readonly [Path, string])[] {
  const companies = entriesOf(root, 'companies').flatMap(([name, company]) =>
    isMapping(company)
      ? companyKeys.flatMap((key) => [...textsBelow(company[key], ['companies', name, key])])
      : [],
  );
  return [...sections.flatMap((key) => [...textsBelow(root[key], [key])]), ...companies];
}

/** The name of a file that messages about its content begin with; undefined for what is none, or is refused here. */
export function nameToShow(value: unknown): string | undefined {
  return typeof value === 'string' && !looksSecret(value) ? value : undefined;
}

/**
 * Refuses a URL with a login where it would be shown, and warns of what may be a secret there: it was written under the wrong key.
 *
 * @param isSql whether the text at a path is a statement, which is shown to nobody without the right to it.
 */
export function checkShownSecrets(root: Mapping, report: Report, isSql: (path: Path) => boolean): void {
  for (const [path, text] of shownTexts(root)) {
    if (isSql(path)) continue;
    if (holdsLogin(text)) report.problem(path, refusal);
    else if (looksSecret(text)) report.warn(path, suspicion);
  }
}
