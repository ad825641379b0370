import ts from 'typescript';
import type { Source } from '../sources.ts';
import type { Changeable } from './module-state.ts';

/** Methods that change what they are called on, of containers, buffers, URLs and emitters. */
const changingMethods: readonly string[] = [
  'add',
  'append',
  'clear',
  'copyWithin',
  'delete',
  'fill',
  'pop',
  'push',
  'reverse',
  'set',
  'shift',
  'sort',
  'splice',
  'unshift',
];
/** Of a Buffer, for which there is no readonly type. */
const writesBytes = /^write(Big)?(U?Int|Float|Double)/;
const changingCalls =
  /^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|defineProperty|deleteProperty))$/;

/** Places in a file that change a value of its module: of a constant, a class, a function, or what it imported. */
export function mutationsOf({ tree }: Source): Changeable[] {
  const found: Changeable[] = [];
  const scanners = new Set(tree.statements.flatMap(scannersOf));
  const visit = (node: ts.Node, names: ReadonlySet<string>): void => {
    const visible = visibleIn(node, names);
    const target = changedBy(node) ?? scannedBy(node, scanners);
    const name = target === undefined ? undefined : rootOf(target);
    if (name !== undefined && visible.has(name)) found.push({ node, name, reason: 'changed by its module' });
    ts.forEachChild(node, (child) => {
      visit(child, visible);
    });
  };
  const names = new Set(tree.statements.flatMap(namesOf));
  ts.forEachChild(tree, (node) => {
    visit(node, names);
  });
  return found;
}

/** The names of the module that are still the module's in `node`: its parameters and variables hide them. */
function visibleIn(node: ts.Node, names: ReadonlySet<string>): ReadonlySet<string> {
  const hidden = hiddenBy(node).flatMap(bound);
  return hidden.length === 0 ? names : new Set([...names].filter((name) => !hidden.includes(name)));
}

function hiddenBy(node: ts.Node): readonly ts.BindingName[] {
  if (ts.isFunctionLike(node)) return node.parameters.map(({ name }) => name);
  if (ts.isBlock(node)) return node.statements.flatMap(declaredIn);
  if (ts.isForOfStatement(node) || ts.isForInStatement(node) || ts.isForStatement(node))
    return node.initializer !== undefined && ts.isVariableDeclarationList(node.initializer)
      ? node.initializer.declarations.map(({ name }) => name)
      : [];
  return ts.isCatchClause(node) && node.variableDeclaration !== undefined
    ? [node.variableDeclaration.name]
    : [];
}

function declaredIn(statement: ts.Statement): ts.BindingName[] {
  return ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ name }) => name)
    : [];
}

function bound(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : bound(element.name)));
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) return declaredIn(statement).flatMap(bound);
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return statement.name === undefined ? [] : [statement.name.text];
  return ts.isImportDeclaration(statement) ? importedNames(statement.importClause) : [];
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const named = clause?.namedBindings;
  const names =
    named === undefined
      ? []
      : ts.isNamespaceImport(named)
        ? [named.name]
        : named.elements.map(({ name }) => name);
  return [clause?.name, ...names].flatMap((name) => (name === undefined ? [] : [name.text]));
}

/** The expression whose value `node` changes. */
function changedBy(node: ts.Node): ts.Expression | undefined {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return inside(node.left);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
    return counts(node.operator) ? inside(node.operand) : undefined;
  if (ts.isDeleteExpression(node)) return inside(node.expression);
  return ts.isCallExpression(node) ? changedByCall(node) : undefined;
}

function changedByCall({ expression, arguments: given }: ts.CallExpression): ts.Expression | undefined {
  if (changingCalls.test(expression.getText())) return given[0];
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const { name, expression: object } = expression;
  return changingMethods.includes(name.text) || writesBytes.test(name.text) ? object : undefined;
}

/** Names of regular expressions with `g` or `y`: their `lastIndex` outlives the call of `exec` or `test`. */
function scannersOf(statement: ts.Statement): string[] {
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations
    .filter(({ initializer }) => initializer !== undefined && keepsPlace(initializer))
    .map(({ name }) => name.getText());
}

function keepsPlace(value: ts.Expression): boolean {
  if (ts.isRegularExpressionLiteral(value)) return /\/[a-z]*[gy][a-z]*$/.test(value.text);
  if (!ts.isNewExpression(value) || value.expression.getText() !== 'RegExp') return false;
  const flags = value.arguments?.[1];
  return flags !== undefined && /[gy]/.test(flags.getText());
}

function scannedBy(node: ts.Node, scanners: ReadonlySet<string>): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { name, expression } = node.expression;
  return /^(exec|test)$/.test(name.text) && scanners.has(expression.getText()) ? expression : undefined;
}

/** An assigned place that is a part of something: `a.b`, `a[0]`; a plain name is a variable, which modules have not. */
function inside(place: ts.Expression): ts.Expression | undefined {
  return ts.isPropertyAccessExpression(place) || ts.isElementAccessExpression(place)
    ? place.expression
    : undefined;
}

function rootOf(expression: ts.Expression): string | undefined {
  if (ts.isIdentifier(expression)) return expression.text;
  if (
    ts.isPropertyAccessExpression(expression) ||
    ts.isElementAccessExpression(expression) ||
    ts.isParenthesizedExpression(expression) ||
    ts.isAsExpression(expression)
  )
    return rootOf(expression.expression);
  return undefined;
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function counts(operator: ts.SyntaxKind): boolean {
  return operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;
}
