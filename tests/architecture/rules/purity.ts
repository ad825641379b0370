import ts from 'typescript';
import { roomOf } from '../rooms.ts';
import { at, nodesOf, type Source } from '../sources.ts';
import type { Room } from '../table.ts';
import type { Violations } from './imports.ts';

/** What reaches beyond the arguments, by its name alone. */
const ambient: readonly string[] = [
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
];
const ambientMembers = /^(Date\.now|Math\.random|Temporal\.Now|import\.meta)$/;

/** Clocks, chance and I/O in rooms that the table calls pure. Packages are a matter of the table. */
export function impureCode(sources: readonly Source[], rooms: readonly Room[]): Violations {
  return sources
    .filter(({ path }) => roomOf(rooms, path)?.pure === true)
    .flatMap((source) =>
      nodesOf(source.tree)
        .filter(reachesOut)
        .map((node) => `${at(source, node)}: ${node.getText().slice(0, 40)} in a room that is pure`),
    );
}

function reachesOut(node: ts.Node): boolean {
  if (ts.isIdentifier(node)) return ambient.includes(node.text) && isReference(node);
  if (ts.isPropertyAccessExpression(node) || ts.isMetaProperty(node))
    return ambientMembers.test(node.getText());
  const isNew = ts.isNewExpression(node);
  if (!isNew && !ts.isCallExpression(node)) return false;
  // `new Date(ms)` is a value; `new Date()`, and `Date()` with whatever arguments, is the clock.
  return node.expression.getText() === 'Date' && (!isNew || (node.arguments ?? []).length === 0);
}

/** Not a field, a parameter or a property that happens to bear the name. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  return ts.isExpression(parent) || ts.isVariableDeclaration(parent) || ts.isSpreadAssignment(parent);
}
