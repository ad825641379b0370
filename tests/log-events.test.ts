import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../src', import.meta.url));

/** The first argument of every call of `log.debug`, `.info`, `.warn` and `.error`, as it stands in the source. */
function eventsIn(name: string): string[] {
  const text = readFileSync(join(folder, name), 'utf8');
  const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression, name: method } = node.expression;
      const isLogger = /(?:^|[.#])log$/.test(expression.getText());
      if (isLogger && ['debug', 'info', 'warn', 'error'].includes(method.text))
        found.push(node.arguments[0]?.getText() ?? '');
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

it('logs events that are short and constant, with what varies in fields', () => {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const events = names.flatMap(eventsIn);
  expect(events.length).toBeGreaterThan(10);
  expect(events).toContain("'state file write failed'");
  expect(events.filter((event) => !/^'[a-z]+(?: [a-z]+){0,4}'$/.test(event))).toEqual([]);
});
