import ts from 'typescript';
import { at, nodesOf, type Source } from '../sources.ts';
import type { Violations } from './imports.ts';

/** What of `node:fs` tells of a file, or writes it, without reading it. */
const harmless: readonly string[] = [
  ...['access', 'constants', 'realpath', 'realpathSync', 'stat', 'statSync'],
  ...['mkdir', 'rename', 'writeFile'],
];
const fs = /^(?:node:)?fs(?:\/promises)?$/;

/**
 * Files that can read files, but for those that `excused` names with a reason each: what a user names is read by the one bounded
 * reader, since a pipe, a device or a dead mount would hang anybody else.
 */
export function fileReaders(
  sources: readonly Source[],
  excused: Readonly<Record<string, string>>,
): Violations {
  return sources
    .filter(({ path }) => !Object.hasOwn(excused, path))
    .flatMap((source) =>
      nodesOf(source.tree).flatMap((node) =>
        readersIn(node).map((name) => `${at(source, node)}: ${name} of ${source.path}`),
      ),
    );
}

/** What an import brings that can read files: names, or the module whole. */
function readersIn(node: ts.Node): readonly string[] {
  if (ts.isCallExpression(node)) {
    const [first] = node.arguments;
    const loads =
      node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require';
    return loads && first !== undefined && ts.isStringLiteral(first) && fs.test(first.text)
      ? [first.text]
      : [];
  }
  if (
    ts.isExportDeclaration(node) &&
    node.moduleSpecifier !== undefined &&
    ts.isStringLiteral(node.moduleSpecifier)
  )
    return fs.test(node.moduleSpecifier.text) ? [node.moduleSpecifier.text] : [];
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return [];
  const { importClause, moduleSpecifier } = node;
  if (!fs.test(moduleSpecifier.text) || importClause === undefined) return [];
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const { name, namedBindings } = importClause;
  if (name !== undefined || namedBindings === undefined || ts.isNamespaceImport(namedBindings))
    return [moduleSpecifier.text];
  return namedBindings.elements
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text)
    .filter((imported) => !harmless.includes(imported));
}
