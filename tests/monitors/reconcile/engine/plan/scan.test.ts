import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Span } from '../../../../../src/monitors/reconcile/engine/plan/audit.ts';
import { Scanner } from '../../../../../src/monitors/reconcile/engine/plan/scan.ts';
import type { ScannedPart, ScanSettings } from '../../../../../src/monitors/reconcile/engine/plan/scan.ts';
import type { Key } from '../../../../../src/monitors/reconcile/engine/types.ts';
import { hour, minute, start, World } from '../cycle-world.ts';

const options = { signal: new AbortController().signal, timeoutMs: 1_000 };
const margin = 10 * minute;
const hours = (from: number, to: number): Span => ({
  from: BigInt(start + from * hour),
  to: BigInt(start + to * hour),
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function scannerOf(world: World, change: Partial<ScanSettings> = {}): Scanner {
  const isInteger = world.sides.left.selection.key.measure.type === 'integer';
  return new Scanner(
    {
      sides: world.sides,
      axis: { by: 'at', marginMs: margin, keys: isInteger ? { from: 0n, to: 1_000n } : undefined },
      tolerancesMs: [0],
      digest: 'md5',
      wanted: 'rows',
      uniqueKeys: false,
      mostKeys: 1_000,
      options,
      ...change,
    },
    {},
  );
}

async function partsOf(scanner: Scanner, span: Span): Promise<ScannedPart[]> {
  const parts: ScannedPart[] = [];
  for await (const part of scanner.scan(span)) parts.push(part);
  return parts;
}

const keysOf = (parts: readonly ScannedPart[]): Key[] => parts.flatMap(({ keys }) => keys).sort();

/** A record on the left every minute for so many hours. */
function lonely(key: 'integer' | 'text', count: number): World {
  const world = new World(key);
  for (let index = 0; index < count * 60; index += 1)
    world.insert('left', key === 'text' ? `r${index}` : BigInt(index), { at: start + index * minute });
  return world;
}

const shapes = [
  ['rows', 'text'],
  ['rows', 'integer'],
  ['buckets', 'text'],
  ['buckets', 'integer'],
] as const;

describe.each(shapes)('a scan of %s with %s keys', (wanted, key) => {
  it('covers its span once, in ascending parts, and names each key of it once', async () => {
    const scanner = scannerOf(lonely(key, 10), { wanted });
    const parts = await partsOf(scanner, hours(2, 7));
    expect(parts.length).toBeGreaterThan(2);
    const edges = parts.flatMap(({ span }) => [span.from, span.to]);
    expect(edges[0]).toBe(hours(2, 7).from);
    expect(edges.at(-1)).toBe(hours(2, 7).to);
    expect(edges.slice(1, -1).filter((edge, index) => edge !== edges[index + 1 + ((index + 1) % 2)])).toEqual(
      [],
    );
    const keys = Array.from({ length: 300 }, (_, index) => index + 120);
    expect(keysOf(parts)).toEqual(keys.map((index) => (key === 'text' ? `r${index}` : BigInt(index))).sort());
    expect(parts.every(({ isWhole, plan }) => isWhole && plan === wanted)).toBe(true);
  });

  it('names nothing whose other half lies within the margin, on the other side of an edge', async () => {
    const world = new World(key);
    for (const [index, by] of [-margin, -minute, minute, margin - 1].entries()) {
      const id = key === 'text' ? `r${index}` : BigInt(index);
      // Right on both edges of the span.
      const at = start + (index % 2) * hour;
      world.insert('left', id, { at });
      world.insert('right', id, { at: at + by });
    }
    expect(keysOf(await partsOf(scannerOf(world, { wanted }), hours(0, 1)))).toEqual([]);
    expect(keysOf(await partsOf(scannerOf(world, { wanted }), hours(-1, 2)))).toEqual([]);
  });
});

describe('buckets of keys within a time', () => {
  it('hold keys of any size, and those that came meanwhile', async () => {
    const world = new World('integer');
    const keys = [-(2n ** 62n), -1n, 0n, 5n, 2n ** 53n + 1n, 2n ** 62n];
    for (const key of keys) world.insert('left', key);
    const axis = { by: 'at', marginMs: margin, keys: { from: -(2n ** 62n), to: 1n } } as const;
    const few = await partsOf(scannerOf(world, { wanted: 'buckets', axis }), hours(0, 1));
    expect(keysOf(few)).toEqual(keys.slice(0, 4).sort());
    const wide = { ...axis, keys: { from: -(2n ** 62n), to: 2n ** 62n + 1n } };
    const all = await partsOf(scannerOf(world, { wanted: 'buckets', axis: wide }), hours(0, 1));
    expect(keysOf(all)).toEqual([...keys].sort());
  });
});

describe('a part', () => {
  it('that names too many keys is cut until it does not', async () => {
    const scanner = scannerOf(lonely('text', 10), { mostKeys: 7 });
    const parts = await partsOf(scanner, hours(0, 10));
    expect(Math.max(...parts.map(({ keys }) => keys.length))).toBeLessThanOrEqual(7);
    expect(new Set(keysOf(parts)).size).toBe(600);
  });

  it('of one instant names as many as it may, and says that it is not whole', async () => {
    const world = lonely('text', 1);
    for (let index = 0; index < 30; index += 1) world.insert('right', `same${index}`, { at: start + 30_000 });
    const parts = await partsOf(scannerOf(world, { mostKeys: 10 }), hours(0, 1));
    const cut = parts.filter(({ isWhole }) => !isWhole);
    expect(cut.map(({ span, keys }) => [span, keys.length])).toEqual([
      [{ from: BigInt(start + 30_000), to: BigInt(start + 30_001) }, 10],
    ]);
    expect(keysOf(parts).filter((key) => String(key).startsWith('r'))).toHaveLength(60);
  });

  it('is told with what it read, of the part alone, and the next one is as wide as the time lets it be', async () => {
    const world = lonely('integer', 200);
    const widths: number[] = [];
    world.onStatement = () => vi.advanceTimersByTime(250);
    for await (const { span, statistics } of scannerOf(world).scan(hours(0, 100))) {
      widths.push(Number(span.to - span.from) / minute);
      expect(statistics.left.rows).toBeLessThanOrEqual(Number(span.to - span.from) / minute + 21);
      expect(statistics.elapsedMs).toBe(500);
    }
    // It begins with the margin, since so much is read in any case, and grows where rows are few.
    expect(widths.slice(0, 4)).toEqual([10, 40, 160, 640]);
  });
});

describe('the axes', () => {
  it('of keys reads ranges of keys, without a margin', async () => {
    const world = new World('integer', { hasAt: false });
    for (const key of [0n, 5n, 9_999n, 10_000n]) world.insert('left', key);
    const scanner = scannerOf(world, { axis: { by: 'key' }, wanted: 'buckets', digest: 'integer' });
    const parts = await partsOf(scanner, { from: 5n, to: 10_000n });
    expect(keysOf(parts)).toEqual([5n, 9_999n]);
    expect(parts.map(({ plan }) => plan)).toEqual(['buckets']);
  });

  it('of nothing reads all, at once', async () => {
    const world = new World('text', { hasAt: false });
    for (const key of ['a', 'b']) world.insert('right', key);
    const parts = await partsOf(scannerOf(world, { axis: { by: 'whole' }, digest: undefined }), {
      from: 0n,
      to: 1n,
    });
    expect(parts.map(({ keys }) => [...keys].sort())).toEqual([['a', 'b']]);
  });
});

describe('the measurements', () => {
  it('decide how the next part is compared, and say why', async () => {
    const world = new World('integer', { hasAt: false });
    const count = 70_000;
    const rows = Array.from({ length: count }, (_, key) => ({ key: BigInt(key), cells: [1n], at: null }));
    world.tables.left = rows;
    world.tables.right = rows;
    world.onStatement = ({ name }) => {
      if (name === 'rows') vi.advanceTimersByTime(500);
    };
    const scanner = scannerOf(world, { axis: { by: 'key' }, wanted: 'auto', digest: 'integer' });
    const plans: string[] = [];
    for await (const { plan } of scanner.scan({ from: 0n, to: BigInt(count) }))
      plans.push(`${plan}: ${scanner.reason}`);
    expect(plans.slice(0, 2)).toEqual(['rows: to measure it', 'rows: to measure it']);
    expect(plans).toContain('buckets: to measure it, digest integer');
    expect(plans.at(-1)).toMatch(/^buckets: buckets \(digest integer\) take 0 s and 0\.\d MB a million rows/);
    expect(scanner.measurements.rows?.rows).toBeGreaterThanOrEqual(20_000);
  });

  it('are kept when nothing was read', async () => {
    const scanner = scannerOf(new World('text'));
    await partsOf(scanner, hours(0, 5));
    expect(scanner.measurements).toEqual({});
  });
});
