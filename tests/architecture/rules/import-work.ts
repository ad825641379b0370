import ts from 'typescript';
import { at, nodesOf, type Source } from '../sources.ts';
import type { Violations } from './imports.ts';

/** Functions of `node:` that only make a value of their arguments. */
const harmless: readonly string[] = [
  'Buffer',
  'basename',
  'createRequire',
  'dirname',
  'extname',
  'fileURLToPath',
  'join',
  'pathToFileURL',
  'promisify',
];

const ambient =
  /^(process\.(?!versions?\b)|Date\.now|performance\.|crypto\.|Math\.random|Temporal\.Now|fetch$|setTimeout$|setInterval$|queueMicrotask$)/;

/**
 * What happens because a module is imported: statements that are no declarations, imports for their effect, `await`, static
 * blocks, functions called where they stand, and initial values that ask the clock, the process or `node:` modules.
 * What is started (`main.ts`, workers) is there to work: `entrances` names them.
 */
export function workAtImport(sources: readonly Source[], entrances: ReadonlySet<string>): Violations {
  return sources
    .filter(({ path }) => !entrances.has(path))
    .flatMap((source) => {
      const outside = fromNode(source);
      return source.tree.statements
        .flatMap((statement) => [...worksOf(statement, outside)])
        .map(({ node, reason }) => `${at(source, node)}: ${reason}`);
    });
}

interface Work {
  readonly node: ts.Node;
  readonly reason: string;
}

function* worksOf(statement: ts.Statement, outside: ReadonlySet<string>): Generator<Work> {
  if (ts.isImportDeclaration(statement)) {
    if (statement.importClause === undefined) yield { node: statement, reason: 'an import for its effect' };
    return;
  }
  if (!isDeclaration(statement)) yield { node: statement, reason: 'a statement that runs at import' };
  for (const node of nodesOf(statement, isEvaluated)) {
    const reason = workIn(node, outside);
    if (reason !== undefined) yield { node, reason };
  }
}

function isDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isVariableStatement(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isImportEqualsDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isExportAssignment(statement)
  );
}

/** What is evaluated when the module is: not the bodies of functions, nor the fields of objects to come. */
function isEvaluated(node: ts.Node): boolean {
  return !ts.isFunctionLike(node) && (!ts.isPropertyDeclaration(node) || isStatic(node));
}

function isStatic({ modifiers }: ts.PropertyDeclaration): boolean {
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true;
}

function workIn(node: ts.Node, outside: ReadonlySet<string>): string | undefined {
  if (ts.isAwaitExpression(node)) return 'awaits at import';
  if (ts.isClassStaticBlockDeclaration(node)) return 'a static block';
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && node.arguments?.length === 0)
    return 'asks the clock at import';
  const callee = withoutBrackets(node.expression);
  if (ts.isFunctionLike(callee)) return 'a function called where it stands';
  const name = callee.getText();
  if (ambient.test(name)) return `calls ${name} at import`;
  return outside.has(name.split('.')[0] ?? '') ? `calls ${name} of node at import` : undefined;
}

function withoutBrackets(expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) ? withoutBrackets(expression.expression) : expression;
}

/** Names that a file imports from `node:` modules. */
function fromNode({ tree }: Source): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of tree.statements) {
    if (!ts.isImportDeclaration(statement) || !statement.moduleSpecifier.getText().includes('node:'))
      continue;
    for (const node of nodesOf(statement))
      if (ts.isIdentifier(node) && !harmless.includes(node.text)) names.add(node.text);
  }
  return names;
}

/** Files that are started and not imported: the program, and what a file starts by `new URL('./worker.ts', import.meta.url)`. */
export function entrancesOf(sources: readonly Source[]): ReadonlySet<string> {
  const located = sources.flatMap(({ references }) =>
    references.filter(({ located: isLocated }) => isLocated).map(({ target }) => target),
  );
  return new Set(['src/main.ts', ...located]);
}
