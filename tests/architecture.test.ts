import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Import {
  /** Path below the project for own files, else the package's name. */
  readonly target: string;
  readonly typeOnly: boolean;
}

interface Source {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

function importsOf(tree: ts.SourceFile, file: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const own = specifier.startsWith('.');
    const name = specifier.startsWith('@')
      ? specifier.split('/').slice(0, 2).join('/')
      : (specifier.split('/')[0] ?? '');
    found.push({ target: own ? relative(root, resolve(dirname(file), specifier)) : name, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      add(node.moduleSpecifier.text, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) add(argument.text, false);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const sources: readonly Source[] = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const file = join(root, 'src', name);
    const text = readFileSync(file, 'utf8');
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    return { path: relative(root, file), text, tree, imports: importsOf(tree, file) };
  });

const below = (folder: string) => sources.filter(({ path }) => path.startsWith(`${folder}/`));

/** `path -> target` for each import that `allowed` refuses. */
function violations(
  from: readonly Source[],
  allowed: (imported: Import, source: Source) => boolean,
): string[] {
  return from.flatMap((source) =>
    source.imports
      .filter((imported) => !allowed(imported, source))
      .map(({ target }) => `${source.path} -> ${target}`),
  );
}

describe('architecture', () => {
  it('sees the sources and their imports', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.find(({ path }) => path === 'src/commands/serve.ts')?.imports).toContainEqual({
      target: 'src/poll/poller.ts',
      typeOnly: false,
    });
  });

  it('imports database clients in src/databases/ alone', () => {
    const clients = ['pg', 'mssql', 'mysql2', 'tedious'];
    const outside = sources.filter(({ path }) => !path.startsWith('src/databases/'));
    expect(violations(outside, ({ target }) => !clients.includes(target))).toEqual([]);
  });

  it('imports a driver by name only where drivers are listed', () => {
    const files = below('src/databases').filter(({ path }) => !/\/(postgres|mssql|mysql)\//.test(path));
    const drivers = /^src\/databases\/(postgres|mssql|mysql)\//;
    expect(
      violations(files, ({ target }, { path }) => !drivers.test(target) || path.endsWith('/drivers.ts')),
    ).toEqual([]);
  });

  it('lets a driver know nothing of monitors', () => {
    const rooms = /^src\/(databases|time\.ts|duration\.ts)/;
    expect(
      violations(below('src/databases'), ({ target }) => !target.startsWith('src/') || rooms.test(target)),
    ).toEqual([]);
  });

  it('lets a kind know neither other kinds nor poll, metrics and web', () => {
    const kindOf = (path: string) => /^src\/monitors\/(\w+)\//.exec(path)?.[1];
    const rooms =
      /^src\/(monitors|known-errors|calendar|time\.ts|duration\.ts|decimal\.ts|databases\/contract\.ts|state\/monitor-state\.ts)/;
    const allowed = ({ target, typeOnly }: Import, { path }: Source): boolean => {
      if (target === 'zod' || path === 'src/monitors/kinds.ts') return true;
      // A comparison needs more of a database than its rows, and steps of its own: that kind alone has an engine.
      if (
        /^src\/monitors\/reconcile\//.test(path) &&
        /^src\/(monitors\/reconcile|databases\/comparison\/)/.test(target)
      )
        return typeOnly || target.startsWith('src/monitors/reconcile/') || path.includes('/engine/');
      if (target.startsWith('src/databases/'))
        return rooms.test(target) && (typeOnly || path.endsWith('/columns.ts') || path.includes('/engine/'));
      const kind = kindOf(target);
      return rooms.test(target) && (kind === undefined || kind === 'shared' || kind === kindOf(path));
    };
    expect(violations(below('src/monitors'), allowed)).toEqual([]);
  });

  it('keeps exposition and pages free of everything but types, families and HTML', () => {
    const pure = sources.filter(({ path }) => /^src\/(metrics\/exposition\.ts|web\/pages\/)/.test(path));
    expect(pure.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['src/metrics/exposition.ts', 'src/web/pages/overview.ts']),
    );
    const allowed = /^src\/(exporter-families\.ts|web\/html\.ts|web\/pages\/)/;
    expect(violations(pure, ({ target, typeOnly }) => typeOnly || allowed.test(target))).toEqual([]);
    for (const { text, path } of pure)
      expect(text, path).not.toMatch(/Date\.now|new Date\(\)|performance\.now|process\./);
  });

  it('puts the parts together in one place', () => {
    const parts = ['src/poll/poller.ts', 'src/web/app.ts', 'src/metrics/body.ts'];
    const importers = sources.filter(({ imports }) =>
      parts.every((part) => imports.some(({ target, typeOnly }) => target === part && !typeOnly)),
    );
    expect(importers.map(({ path }) => path)).toEqual(['src/commands/serve.ts']);
  });

  it('keeps polling away from HTTP and from metrics', () => {
    const rooms =
      /^src\/(poll|calendar|known-errors\/catalogue|config\/config|monitors\/contract|databases\/contract|state\/monitor-state|time|log|duration)/;
    const packages = ['croner', 'temporal-polyfill', 'node:crypto'];
    expect(
      violations(below('src/poll'), ({ target }) => rooms.test(target) || packages.includes(target)),
    ).toEqual([]);
  });

  it('lets the comparison of two databases know nothing of monitors', () => {
    const rooms =
      /^src\/(monitors\/reconcile\/engine|databases\/(comparison\/contract|contract)\.ts|state\/monitor-state\.ts|time\.ts|duration\.ts|decimal\.ts)/;
    expect(
      violations(
        below('src/monitors/reconcile/engine'),
        ({ target }) => !target.startsWith('src/') || rooms.test(target),
      ),
    ).toEqual([]);
  });

  it('opens the state file in one place, which knows nothing of what is kept there', () => {
    expect(
      violations(below('src/state'), ({ target }) => /^(src\/(state|time\.ts)|node:sqlite)/.test(target)),
    ).toEqual([]);
    const openers = sources.filter(({ text }) => /new sqlite\.DatabaseSync|new DatabaseSync/.test(text));
    expect(openers.map(({ path }) => path)).toEqual(['src/state/file.ts']);
  });

  it('has no module-level variable that can change, and no work at import', () => {
    const loose = sources
      .filter(({ path }) => path !== 'src/main.ts' && !path.startsWith('src/demo/database/worker'))
      .flatMap(({ path, tree }) =>
        tree.statements
          .filter(
            (statement) =>
              ts.isExpressionStatement(statement) ||
              (ts.isVariableStatement(statement) &&
                (statement.declarationList.flags & ts.NodeFlags.Const) === 0),
          )
          .map((statement) => `${path}: ${statement.getText().slice(0, 60)}`),
      );
    expect(loose).toEqual([]);
  });

  it('has no `any`, no non-null assertion and no switched-off check', () => {
    const found = sources.flatMap(({ path, tree, text }) => {
      const hits: string[] = /@ts-ignore|@ts-expect-error|eslint-disable/.test(text) ? [path] : [];
      const visit = (node: ts.Node): void => {
        if (node.kind === ts.SyntaxKind.AnyKeyword || ts.isNonNullExpression(node))
          hits.push(`${path}: ${node.getText()}`);
        ts.forEachChild(node, visit);
      };
      visit(tree);
      return hits;
    });
    expect(found).toEqual([]);
  });

  it('keeps files short', () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });
});
