import { isAlias, isMap, isScalar, isSeq, visit } from 'yaml';
import type { Alias, Document, Node, Pair, YAMLMap } from 'yaml';
import type { Path } from './path.ts';

/** Maximum number of values after aliases and merges are expanded: a few lines of them can expand to billions. */
const maxValues = 200_000;
const maxDepth = 50;

function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

/** What each alias stands for: the last value before it that bears its name. */
function targetsOf(document: Document): ReadonlyMap<Alias, Node> {
  const anchored = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, (_key, node) => {
    if (isAlias(node)) {
      const target = anchored.get(node.source);
      if (target !== undefined) targets.set(node, target);
    } else if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined)
      anchored.set(node.anchor, node);
  });
  return targets;
}

/** Turns YAML nodes into plain data and records the position of each value. One reader reads one document. */
export class YamlReader {
  readonly offsets = new Map<string, { readonly key: number; readonly value: number }>();
  readonly problems: { readonly path: Path; readonly offset: number; readonly message: string }[] = [];
  /** The offset at which reading stopped at a limit: the data is incomplete and must not be used. */
  tooLargeAt: number | undefined;
  readonly #targets: ReadonlyMap<Alias, Node>;
  #values = 0;

  constructor(document: Document) {
    this.#targets = targetsOf(document);
  }

  read(node: unknown, path: Path, key: number): unknown {
    const offset = offsetOf(node) ?? key;
    if (!this.#isWithinLimits(path.length, offset)) return null;
    if (isAlias(node)) {
      const target = this.#targets.get(node);
      if (target !== undefined) return this.read(target, path, key);
      this.#report(
        path,
        offset,
        `no anchor &${node.source} is defined; put quotes around a value that starts with *`,
      );
      return null;
    }
    this.offsets.set(JSON.stringify(path), { key, value: offset });
    if (isMap(node)) return Object.fromEntries(this.#entries(node, path));
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index], offset));
    return isScalar(node) ? node.value : null;
  }

  /** Counts one step more. Each step of a merge counts as well: it costs time, whether its result is kept or not. */
  #isWithinLimits(depth: number, offset: number): boolean {
    this.#values += 1;
    if (this.#values > maxValues || depth > maxDepth) this.tooLargeAt ??= offset;
    return this.tooLargeAt === undefined;
  }

  /** @param merges how many merges led here. */
  #entries(node: YAMLMap, path: Path, merges = 0): Map<string, unknown> {
    const entries = new Map<string, unknown>();
    // A step of a merge takes about the time of three values.
    if (merges > 0) this.#values += 2;
    if (!this.#isWithinLimits(path.length + merges, offsetOf(node) ?? 0)) return entries;
    // Each pair is looked at once: with merges of merges most of the time would go here.
    const merging: Pair[] = [];
    const others: Pair[] = [];
    for (const pair of node.items)
      (isScalar(pair.key) && pair.key.value === '<<' ? merging : others).push(pair);
    // Own keys override merged ones (`<<`), and of several merged mappings the first wins, so those are read last to first.
    for (const pair of merging)
      for (const map of this.#merged(pair.value).reverse())
        for (const [key, value] of this.#entries(map, path, merges + 1)) entries.set(key, value);
    const own = new Map<string, number>();
    for (const pair of others) {
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

  /** The mappings that a `<<` names: one, or those of a flat list. */
  #merged(value: unknown): YAMLMap[] {
    const node = this.#followed(value);
    const items = isSeq(node) ? node.items.map((item) => this.#followed(item)) : [node];
    return items.filter((item) => isMap(item));
  }

  #followed(value: unknown): unknown {
    return isAlias(value) ? this.#targets.get(value) : value;
  }

  #report(path: Path, offset: number, message: string): void {
    this.problems.push({ path, offset, message });
  }
}
