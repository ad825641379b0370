import ts from 'typescript';
import { at, nodesOf, type Source } from '../sources.ts';
import type { Violations } from './imports.ts';

const off = /@ts-(ignore|expect-error|nocheck)|eslint-disable|prettier-ignore|(v8|c8|istanbul) ignore/;

/** `any`, `!`, and comments that switch a check off. */
export function uncheckedCode(sources: readonly Source[]): Violations {
  return sources.flatMap((source) => [
    ...commentsOf(source)
      .filter((comment) => off.test(comment))
      .map((comment) => `${source.path}: ${comment.slice(0, 60)}`),
    ...nodesOf(source.tree)
      .filter(isUnchecked)
      .map((node) => `${at(source, node)}: ${node.getText().slice(0, 60)}`),
  ]);
}

function isUnchecked(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.AnyKeyword || ts.isNonNullExpression(node)) return true;
  return (
    (ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node)) && node.exclamationToken !== undefined
  );
}

/** Comments stand before tokens, and tokens are more than nodes: an empty block has one in it too. */
function commentsOf({ text, tree }: Source): string[] {
  const found = new Map<number, string>();
  const visit = (token: ts.Node): void => {
    const before = ts.getLeadingCommentRanges(text, token.getFullStart()) ?? [];
    const after = ts.getTrailingCommentRanges(text, token.getEnd()) ?? [];
    for (const { pos, end } of [...before, ...after]) found.set(pos, text.slice(pos, end));
    for (const child of token.getChildren(tree)) visit(child);
  };
  visit(tree);
  return [...found.values()];
}
