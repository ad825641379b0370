import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Pair, YAMLMap } from 'yaml';
import type { Path } from './path.ts';

/** Maximum number of values after aliases are expanded: a few lines of aliases can expand to billions of values. */
const maxValues = 200_000;
const maxDepth = 50;

function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

/** Turns YAML nodes into plain data and records the position of each value. One reader reads one document. */
export class YamlReader {
  readonly offsets = new Map<string, { readonly key: number; readonly value: number }>();
  readonly problems: { readonly path: Path; readonly offset: number; readonly message: string }[] = [];
  /** Reading stopped at a limit, so that the data is incomplete and must not be used. */
  isTooLarge = false;
  readonly #document: Document;
  #values = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  read(node: unknown, path: Path, key: number): unknown {
    const offset = offsetOf(node) ?? key;
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target !== undefined) return this.read(target, path, key);
      this.#report(
        path,
        offset,
        `no anchor &${node.source} is defined; put quotes around a value that starts with *`,
      );
      return null;
    }
    this.offsets.set(JSON.stringify(path), { key, value: offset });
    this.#values += 1;
    if (this.#values > maxValues || path.length > maxDepth) {
      this.isTooLarge = true;
      return null;
    }
    if (isMap(node)) return Object.fromEntries(this.#entries(node, path));
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index], offset));
    return isScalar(node) ? node.value : null;
  }

  #entries(node: YAMLMap, path: Path): Map<string, unknown> {
    const entries = new Map<string, unknown>();
    const isMerge = (pair: Pair) => isScalar(pair.key) && pair.key.value === '<<';
    // Own keys override merged ones (`<<`), and of several merged mappings the first wins, so those are read last to first.
    for (const pair of node.items.filter(isMerge))
      for (const map of this.#merged(pair.value).reverse())
        for (const [key, value] of this.#entries(map, path)) entries.set(key, value);
    const own = new Map<string, number>();
    for (const pair of node.items.filter((item) => !isMerge(item))) {
      const offset = offsetOf(pair.key) ?? 0;
      if (!isScalar(pair.key)) {
        this.#report(path, offset, 'a key must be plain text; put quotes around it');
        continue;
      }
      const key = String(pair.key.value);
      if (own.has(key)) this.#report([...path, key], offset, 'is defined twice; keep one of the two');
      own.set(key, offset);
      entries.set(key, this.read(pair.value, [...path, key], offset));
    }
    return entries;
  }

  #merged(value: unknown): YAMLMap[] {
    const node = isAlias(value) ? value.resolve(this.#document) : value;
    if (isMap(node)) return [node];
    return isSeq(node) ? node.items.flatMap((item) => this.#merged(item)) : [];
  }

  #report(path: Path, offset: number, message: string): void {
    this.problems.push({ path, offset, message });
  }
}
