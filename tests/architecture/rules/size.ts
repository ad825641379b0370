import ts from 'typescript';
import { at, nodesOf, type Source } from '../sources.ts';
import type { Violations } from './imports.ts';

/** The reason beside a function that is longer than the rule: `// Long because a reader wants the whole list at once.` */
const reason = /\bLong because \S+/;

export interface Measured {
  /** `src/x.ts:12 name`. */
  readonly name: string;
  readonly lines: number;
}

/** Every function with a body of statements, with its lines from the first word to the last brace. */
export function functionsOf(sources: readonly Source[]): Measured[] {
  return bodies(sources).map(({ source, node }) => ({
    name: `${at(source, node)} ${nameOf(node)}`,
    lines: linesOf(source, node),
  }));
}

/** Functions of more than `most` lines that have no reason beside them. */
export function longFunctions(sources: readonly Source[], most: number): Violations {
  return bodies(sources)
    .filter(({ source, node }) => linesOf(source, node) > most && !reason.test(commentsBefore(source, node)))
    .map(({ source, node }) => `${at(source, node)} ${nameOf(node)}: ${linesOf(source, node)} lines`);
}

/** Files by their lines; the empty one after the last line break is none. */
export function filesOf(sources: readonly Source[]): Measured[] {
  return sources.map(({ path, text }) => ({ name: path, lines: text.replace(/\n$/, '').split('\n').length }));
}

/** Folders with more than `most` source files of their own. */
export function crowdedFolders(sources: readonly Source[], most: number): Violations {
  const folders = Map.groupBy(sources, ({ path }) => path.slice(0, path.lastIndexOf('/')));
  return [...folders]
    .filter(([, files]) => files.length > most)
    .map(([folder, files]) => `${folder}: ${files.length} files`);
}

/** The smallest of `values` that at least `share` of them do not exceed: 0.5 is the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

interface Body {
  readonly source: Source;
  readonly node: ts.Node;
}

function bodies(sources: readonly Source[]): Body[] {
  return sources.flatMap((source) =>
    nodesOf(source.tree)
      .filter(hasBody)
      .map((node) => ({ source, node })),
  );
}

function hasBody(node: ts.Node): boolean {
  if (ts.isArrowFunction(node)) return true;
  return (
    (ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isConstructorDeclaration(node) ||
      ts.isAccessor(node)) &&
    node.body !== undefined
  );
}

function linesOf({ tree }: Source, node: ts.Node): number {
  const line = (position: number): number => tree.getLineAndCharacterOfPosition(position).line;
  return line(node.getEnd()) - line(node.getStart(tree)) + 1;
}

function nameOf(node: ts.Node): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const named = ts.isFunctionLike(node) && node.name !== undefined ? node : node.parent;
  const name = ts.getNameOfDeclaration(ts.isVariableDeclaration(named) ? named : namedBy(named));
  return name?.getText() ?? '(no name)';
}

function namedBy(node: ts.Node): ts.Declaration | undefined {
  return ts.isFunctionLike(node) || ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)
    ? node
    : undefined;
}

/** The comments above a function, or above the statement or member that it is the value of. */
function commentsBefore({ text }: Source, node: ts.Node): string {
  let owner = node;
  while (!ts.isStatement(owner) && !ts.isClassElement(owner) && !ts.isPropertyAssignment(owner))
    owner = owner.parent;
  const ranges = ts.getLeadingCommentRanges(text, owner.getFullStart()) ?? [];
  return ranges.map(({ pos, end }) => text.slice(pos, end)).join('\n');
}
