import ts from 'typescript';
import { at, nodesOf, type Source } from '../sources.ts';
import type { Violations } from './imports.ts';
import { fresh } from './fresh-values.ts';
import { mutationsOf } from './mutations.ts';
import { declaredTypes, isReadonlyType, type DeclaredTypes } from './readonly-types.ts';

/** A value that changes although it stands in a module, and why it may: `src/x.ts name`. */
export type Excuses = Readonly<Record<string, string>>;

/**
 * What outlives a call because a module holds it: `let` and `var`; containers that are not typed readonly; anything of the
 * module that the module changes; static fields of classes likewise.
 */
export function moduleState(sources: readonly Source[], excuses: Excuses): Violations {
  return stateIn(sources)
    .filter(({ key }) => !Object.hasOwn(excuses, key))
    .map(({ text }) => text);
}

/** Excuses for what is not, or no longer, in the sources. */
export function staleExcuses(sources: readonly Source[], excuses: Excuses): Violations {
  const needed = new Set(stateIn(sources).map(({ key }) => key));
  return Object.keys(excuses).filter((key) => !needed.has(key));
}

function stateIn(sources: readonly Source[]): { readonly key: string; readonly text: string }[] {
  const types = declaredTypes(sources);
  return sources.flatMap((source) =>
    [...changeable(source, types), ...mutationsOf(source)].map(({ node, name, reason }) => ({
      key: `${source.path} ${name}`,
      text: `${at(source, node)} ${name}: ${reason}`,
    })),
  );
}

/** What can change, or does. */
export interface Changeable {
  readonly node: ts.Node;
  readonly name: string;
  readonly reason: string;
}

function* changeable({ tree }: Source, types: DeclaredTypes): Generator<Changeable> {
  for (const statement of tree.statements) {
    if (ts.isVariableStatement(statement)) yield* variables(statement, types);
    if (ts.isExportAssignment(statement))
      yield* held({ node: statement, name: 'default', value: statement.expression }, types);
  }
  for (const node of nodesOf(tree)) if (ts.isClassLike(node)) yield* statics(node, types);
}

function* variables({ declarationList }: ts.VariableStatement, types: DeclaredTypes): Generator<Changeable> {
  const constant = (declarationList.flags & ts.NodeFlags.Const) !== 0;
  for (const node of declarationList.declarations) {
    const name = node.name.getText();
    if (constant) yield* held({ node, name, type: node.type, value: node.initializer }, types);
    else yield { node, name, reason: 'a module has no variables: let and var can change' };
  }
}

function* statics(node: ts.ClassLikeDeclaration, types: DeclaredTypes): Generator<Changeable> {
  for (const member of node.members) {
    if (!ts.isPropertyDeclaration(member) || !has(member, ts.SyntaxKind.StaticKeyword)) continue;
    const name = `${node.name?.text ?? 'class'}.${member.name.getText()}`;
    if (has(member, ts.SyntaxKind.ReadonlyKeyword))
      yield* held({ node: member, name, type: member.type, value: member.initializer }, types);
    else yield { node: member, name, reason: 'a static field that can change' };
  }
}

interface Held {
  readonly node: ts.Node;
  readonly name: string;
  readonly type?: ts.TypeNode | undefined;
  readonly value: ts.Expression | undefined;
}

function* held({ node, name, type, value }: Held, types: DeclaredTypes): Generator<Changeable> {
  if (value === undefined || (type !== undefined && isReadonlyType(type, types))) return;
  const kind = fresh(value, types);
  if (kind !== undefined) yield { node, name, reason: `${kind} that is not typed readonly` };
}

function has(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === kind) === true;
}
