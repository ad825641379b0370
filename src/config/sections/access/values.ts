import { readText, resolveBeside } from '../../source/files.ts';
import { suggest } from '../../source/nearest.ts';
import type { Path } from '../../source/path.ts';
import type { Report } from '../../source/report.ts';

/** What the readers of this section need. */
export interface AccessContext {
  readonly report: Report;
  /** The configuration's own file. */
  readonly file: string;
  readonly companies: readonly string[];
}

/** The text of a file that holds one value; '' when it cannot be read, which is reported. */
export async function valueOf(name: string, path: Path, { report, file }: AccessContext): Promise<string> {
  const resolved = resolveBeside(file, name);
  const found = await readText(resolved);
  if ('text' in found) return found.text.trim();
  report.problem(path, `cannot read ${resolved}: ${found.fault}`);
  return '';
}

/** A secret in a file, which is reported when it can be guessed. @param shortest fewest characters. */
export async function secretOf(
  name: string,
  path: Path,
  shortest: number,
  context: AccessContext,
): Promise<string> {
  const before = context.report.problems.length;
  const secret = await valueOf(name, path, context);
  const wasRead = context.report.problems.length === before;
  if (wasRead && secret.length < shortest)
    context.report.problem(
      path,
      shortest === 1
        ? 'the file is empty; write the secret into it'
        : `the file holds fewer than ${shortest} characters; write a random secret into it`,
    );
  return secret;
}

/** Reports names of companies that there are not. */
export function checkCompanies(companies: readonly string[], path: Path, context: AccessContext): void {
  companies.forEach((name, index) => {
    if (!context.companies.includes(name))
      context.report.problem(
        [...path, 'companies', index],
        `there is no company ${JSON.stringify(name)}; ${suggest(name, context.companies, 'remove it')}`,
      );
  });
}
