import ts from 'typescript';
import { at, nodesOf, type Source } from '../sources.ts';
import { roomOf } from '../rooms.ts';
import type { Room } from '../table.ts';
import type { Violations } from './imports.ts';

/** The folders that are drivers: those that have the row of all drivers. */
export function driversIn(sources: readonly Source[], rooms: readonly Room[]): readonly string[] {
  const folders = sources
    .filter(({ path }) => roomOf(rooms, path)?.path === 'databases/*')
    .map(({ path }) => path.split('/')[2] ?? '');
  return [...new Set(folders)];
}

/**
 * Texts, types and keys outside of a driver's folder that hold its name as a word, but for the files that `excused` names
 * with a reason each.
 */
export function driverNamesElsewhere(
  sources: readonly Source[],
  rooms: readonly Room[],
  excused: Readonly<Record<string, string>>,
): Violations {
  const drivers = driversIn(sources, rooms);
  return sources
    .filter(({ path }) => !Object.hasOwn(excused, path))
    .flatMap((source) => {
      const foreign = drivers.filter((driver) => !source.path.startsWith(`src/databases/${driver}/`));
      return nodesOf(source.tree).flatMap((node) => namesIn(source, node, foreign));
    });
}

function namesIn(source: Source, node: ts.Node, drivers: readonly string[]): Violations {
  const text = textOf(node);
  if (text === undefined) return [];
  const named = drivers.filter((driver) => holds(text, driver));
  return named.map((driver) => `${at(source, node)}: ${driver} in ${node.getText().slice(0, 60)}`);
}

function holds(text: string, driver: string): boolean {
  return new RegExp(`(?<![\\w:-])${driver}(?![\\w-])`).test(text);
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) && isSpecifier(node)) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) return node.text;
  if (ts.isRegularExpressionLiteral(node)) return node.text;
  const isKey = ts.isPropertyAssignment(node) || ts.isPropertySignature(node);
  return isKey && ts.isIdentifier(node.name) ? node.name.text : undefined;
}

/** Where drivers are listed, their folders are imported: the table says who may. */
function isSpecifier({ parent }: ts.StringLiteral): boolean {
  const isDynamic = ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamic || ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent);
}
