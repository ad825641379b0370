import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { referencesOf, type Reference } from './references.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file of TypeScript, and what it imports. */
export interface Source {
  /** Below the project, with `/`: `src/poll/poller.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly references: readonly Reference[];
}

/** A source from its text: of a file, or one that a test makes up. */
export function sourceOf(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, text, tree, references: referencesOf(tree) };
}

/** All TypeScript of ours below `folder` of the project, sorted by path. */
export function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.split(sep).includes('node_modules'))
    .map((name) => name.split(sep).join('/'))
    .toSorted()
    .map((name) => sourceOf(`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8')));
}

/** The names of a source's lines in a report: `src/poll/poller.ts:12`. */
export function at({ path, tree }: Source, node: ts.Node): string {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

/** Every node of a tree, parents first; of what `enter` refuses neither it nor what is in it. */
export function nodesOf(tree: ts.Node, enter: (node: ts.Node) => boolean = () => true): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (!enter(node)) return;
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return nodes;
}
