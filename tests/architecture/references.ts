import { posix } from 'node:path';
import ts from 'typescript';

/** One way in which a file reaches another file or a package. */
export interface Reference {
  /** Path below the project for own files, else the package (`pg`, `@scope/name`, `node:fs`), else `?` where no text names it. */
  readonly target: string;
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
  /** By its URL: a module that is started as a program of its own, as workers are. */
  readonly located: boolean;
  readonly line: number;
}

interface Found {
  /** Undefined where no text names what is imported. */
  readonly specifier: string | undefined;
  readonly typeOnly: boolean;
  readonly located?: true;
}

/** Every import of a file: declarations, re-exports, `import()`, `import =`, `import('…')` types, `require`, URLs of modules. */
export function referencesOf(tree: ts.SourceFile): Reference[] {
  const references: Reference[] = [];
  const visit = (node: ts.Node): void => {
    const found = declared(node) ?? called(node) ?? located(node);
    if (found !== undefined) references.push(referenceOf(tree, node, found));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return references;
}

function declared(node: ts.Node): Found | undefined {
  // `import { type A }` stays an import when the program runs (verbatimModuleSyntax), so it is no type import.
  if (ts.isImportDeclaration(node)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: literal(node.moduleSpecifier), typeOnly };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
    return { specifier: literal(node.moduleSpecifier), typeOnly: node.isTypeOnly };
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
    return { specifier: literal(node.moduleReference.expression), typeOnly: node.isTypeOnly };
  if (!ts.isImportTypeNode(node)) return undefined;
  const { argument } = node;
  return {
    specifier: ts.isLiteralTypeNode(argument) ? literal(argument.literal) : undefined,
    typeOnly: true,
  };
}

const loaders: readonly string[] = [
  'require',
  'require.resolve',
  'import.meta.resolve',
  'process.getBuiltinModule',
];

function called(node: ts.Node): Found | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const { expression, arguments: given } = node;
  const loads = expression.kind === ts.SyntaxKind.ImportKeyword || loaders.includes(expression.getText());
  return loads ? { specifier: literal(given[0]), typeOnly: false } : undefined;
}

/** `new URL('./worker.ts', import.meta.url)`, with which workers are started; not the URL of data. */
function located(node: ts.Node): Found | undefined {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'URL') return undefined;
  const [file, base] = node.arguments ?? [];
  if (base?.getText() !== 'import.meta.url') return undefined;
  const specifier = literal(file);
  const isData = specifier !== undefined && !/\.[cm]?[jt]s$/.test(specifier);
  return isData ? undefined : { specifier, typeOnly: false, located: true };
}

/** What a text says: `./worker${extname(import.meta.url)}` is `./worker.ts` from a source, of other templates nobody knows. */
function literal(node: ts.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const [span, ...more] = node.templateSpans;
  const ownExtension = span?.expression.getText() === 'extname(import.meta.url)' && span.literal.text === '';
  return ownExtension && more.length === 0 ? `${node.head.text}.ts` : undefined;
}

function referenceOf(tree: ts.SourceFile, node: ts.Node, found: Found): Reference {
  const { specifier, typeOnly } = found;
  const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
  const target = specifier === undefined ? '?' : targetOf(tree.fileName, specifier);
  return { target, typeOnly, located: found.located === true, line };
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('.'))
    return posix.join(posix.dirname(file), specifier).replace(/\.([cm]?)js$/, '.$1ts');
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
