import { describe, expect, it } from 'vitest';
import { uncheckedCode } from './rules/checks.ts';
import { driverNamesElsewhere, driversIn } from './rules/driver-names.ts';
import { fileReaders } from './rules/file-reading.ts';
import { entrancesOf, workAtImport } from './rules/import-work.ts';
import { moduleState, staleExcuses } from './rules/module-state.ts';
import { impureCode } from './rules/purity.ts';
import { crowdedFolders, filesOf, functionsOf, longFunctions, quantile } from './rules/size.ts';
import { sourceOf } from './sources.ts';
import { rooms } from './table.ts';

const inPoll = (text: string) => [sourceOf('src/poll/task.ts', text)];

describe('what a module holds', () => {
  it.each([
    ['a Map', 'const seen = new Map();'],
    ['a Map with types', 'const seen = new Map<string, number>();'],
    ['a Map that is typed as one', 'const seen: Map<string, number> = new Map();'],
    ['a Set, exported', 'export const seen = new Set<string>();'],
    ['a WeakMap', 'const seen = new WeakMap<object, number>();'],
    ['an array', 'const seen: string[] = [];'],
    ['an array without a type', `const words = ['a'];`],
    ['a list of changeable lists', 'const seen: Array<string> = [];'],
    ['an object', 'const state = { count: 0 };'],
    ['a Record', 'const state: Record<string, number> = {};'],
    ['an object of a type whose fields can change', 'interface A { b: number } const a: A = { b: 0 };'],
    ['an alias of a Map', 'type Cache = Map<string, number>; const cache: Cache = new Map();'],
    ['one of two', 'const a = process.env.A ? [] : undefined;'],
    ['what satisfies a type', 'const a = [] satisfies string[];'],
    ['what a method returns', `const words = 'a b'.split(' ');`],
    ['what a function returns', 'const words = Object.keys(all);'],
    ['an emitter', 'const events = new EventEmitter();'],
    ['an object as the default', 'export default { count: 0 };'],
    ['let', 'let count = 0;'],
    ['let, exported', 'export let count: number | undefined;'],
    ['var', 'var count = 0;'],
    ['a static field', 'class A { static count = 0; }'],
    ['a private static field', 'class A { static #count = 0; }'],
    ['a static Map', 'class A { static readonly cache = new Map(); }'],
    ['a static field of a class in a function', 'const f = () => class { static count = 0; };'],
  ])('catches %s', (_, text) => {
    expect(moduleState(inPoll(text), {})).toHaveLength(1);
  });

  it.each([
    ['an array pushed to', 'const seen: readonly string[] = []; const f = () => (seen as string[]).push(1);'],
    ['a field assigned', 'const state: State = made(); function f() { state.count = 1; }'],
    ['a field of a field', 'const state: State = made(); function f() { state.a.b.c += 1; }'],
    ['a field counted', 'const state: State = made(); const f = () => state.count++;'],
    ['an element', 'const state: State = made(); const f = (k: string) => { state[k] ??= 1; };'],
    ['a field deleted', 'const state: State = made(); const f = () => { delete state.a; };'],
    ['Object.assign', 'const state: State = made(); const f = () => Object.assign(state, {});'],
    ['a Map of a helper', 'const seen = cache(); const f = () => seen.set(1, 2);'],
    ['a sort in place', 'const seen = words(); const f = () => seen.sort();'],
    ['a field of a function', 'function f() { f.calls = 1; }'],
    ['a static field from outside', 'class A {} function f() { A.count = 1; }'],
    ['what was imported', `import { options } from 'pkg'; const f = () => { options.debug = true; };`],
    ['a namespace', `import * as p from 'pkg'; const f = () => { p.defaults.x = 1; };`],
    ['bytes of a Buffer', `const a = Buffer.from('b'); const f = () => { a[0] = 1; };`],
    ['a number in a Buffer', `const a = Buffer.alloc(8); const f = () => a.writeUInt32LE(1, 0);`],
    ['a part of a URL', 'const a = new URL(b, import.meta.url); const f = () => { a.hash = c; };'],
    ['a RegExp that keeps its place', 'const word = /a/g; const f = (t: string) => word.exec(t);'],
    ['one that is made', `const word = new RegExp('a', 'y'); const f = (t: string) => word.test(t);`],
    [
      'one that a parameter of another function hides',
      'const s = made(); const f = (s: X) => s; const g = () => s.add(1);',
    ],
  ])('catches that a module changes it: %s', (_, text) => {
    expect(moduleState(inPoll(text), {})).toHaveLength(1);
  });

  it.each([
    ['readonly arrays', `const a: readonly string[] = ['b']; const c = ['d'] as const;`],
    [
      'readonly sets and maps',
      'const a: ReadonlySet<string> = new Set(); const b: ReadonlyMap<A, B> = new Map();',
    ],
    ['frozen objects', 'const a = Object.freeze({ b: 1 });'],
    ['readonly objects', 'const a: Readonly<Record<string, number>> = {}; const b = { c: 1 } as const;'],
    ['types whose fields are readonly', 'interface A { readonly b: number } const a: A = { b: 1 };'],
    ['types that hold themselves', 'type A = readonly A[] | string; const a: A = [];'],
    ['bytes and places', `const a = Buffer.from('b'); const c = new URL('./d.yml', import.meta.url);`],
    ['plain values and functions', `const a = 1; const b = 'c'; const d = /e/; const f = () => [];`],
    ['schemas', 'const a = z.object({ b: z.array(z.string()) });'],
    ['what a function holds', 'function f() { const a = []; let b = 0; a.push(b++); return a; }'],
    ['a variable of the same name', 'const a = 1; function f() { const a = []; a.push(1); }'],
    ['a parameter of the same name', 'const a = 1; const f = (a: Set<number>) => a.add(1);'],
    ['a loop of the same name', 'const a = 1; function f() { for (const a of b()) a.push(1); }'],
    ['a pattern of the same name', 'const a = 1; const f = ({ c: { a } }: X) => a.push(1);'],
    ['fields of objects', 'class A { #seen = new Map(); b = []; add() { this.#seen.set(1, 2); } }'],
    ['static constants', 'class A { static readonly limit = 3; static of() { return new A(); } }'],
    ['a RegExp with g that replaces', `const a = /b/g; const f = (t: string) => t.replace(a, '');`],
    ['a RegExp that keeps no place', 'const a = /b/i; const f = (t: string) => a.exec(t);'],
  ])('allows %s', (_, text) => {
    expect(moduleState(inPoll(text), {})).toEqual([]);
  });

  it('lets an excuse stand for one value of one file, while it is needed', () => {
    const excuse = { 'src/poll/task.ts seen': 'a reason' };
    expect(moduleState(inPoll('const seen = new Map(); const others = new Map();'), excuse)).toHaveLength(1);
    expect(staleExcuses(inPoll('const seen = new Map();'), excuse)).toEqual([]);
    expect(staleExcuses(inPoll('const other = new Map();'), excuse)).toEqual(['src/poll/task.ts seen']);
  });
});

describe('work at import', () => {
  it.each([
    ['a call', 'start();'],
    ['a loop', 'for (const a of b) c(a);'],
    ['a condition', 'if (a) b();'],
    ['try', 'try { a(); } catch {}'],
    ['await', 'const a = await b();'],
    ['an import for its effect', `import './b.ts';`],
    ['a function called where it stands', 'const a = (() => { let n = 0; return () => n++; })();'],
    ['a static block', 'class A { static { start(); } }'],
    ['a file read', `import { readFileSync } from 'node:fs'; const a = readFileSync('b');`],
    ['a file read by a namespace', `import * as fs from 'node:fs'; const a = { b: fs.readFileSync('c') };`],
    ['an emitter of node', `import { EventEmitter } from 'node:events'; const a = new EventEmitter();`],
    ['a clock', 'const started = Date.now();'],
    ['a date', 'const started = new Date();'],
    ['chance', 'const id = Math.random();'],
    ['a timer', 'const timer = setInterval(() => a(), 1);'],
    ['a static field with work', 'class A { static readonly at = Date.now(); }'],
  ])('catches %s', (_, text) => {
    expect(workAtImport(inPoll(text), new Set())).toHaveLength(1);
  });

  it.each([
    ['declarations', 'export const a = 1; function b() {} class C {} type D = 1; interface E {}'],
    [
      'schemas, and what is computed of constants',
      'const a = z.object({}); const b = names.map((n) => n.length);',
    ],
    ['what functions do', 'const a = () => { start(); return Date.now(); };'],
    ['fields of objects', 'class A { #at = Date.now(); #timer = setTimeout(() => b(), 1); }'],
    ['a path', `import { fileURLToPath } from 'node:url'; const a = fileURLToPath(import.meta.url);`],
    ['exports', `export * from './b.ts'; export { c } from './d.ts';`],
  ])('allows %s', (_, text) => {
    expect(workAtImport(inPoll(text), new Set())).toEqual([]);
  });

  it('is what the program and workers are for', () => {
    const sources = [
      sourceOf('src/main.ts', 'run();'),
      sourceOf('src/demo/a.ts', `const w = new URL('./worker.ts', import.meta.url);`),
      sourceOf('src/demo/worker.ts', 'run();'),
      sourceOf('src/demo/other.ts', 'run();'),
    ];
    expect(workAtImport(sources, entrancesOf(sources))).toEqual([
      'src/demo/other.ts:1: a statement that runs at import',
    ]);
  });
});

describe('readers of files', () => {
  it.each([
    `import { readFileSync } from 'node:fs';`,
    `import { stat, readFile as read } from 'node:fs/promises';`,
    `import { createReadStream } from 'fs';`,
    `import * as fs from 'node:fs';`,
    `import fs from 'node:fs';`,
    `export * from 'node:fs';`,
    `const fs = await import('node:fs/promises');`,
    `const fs = require('fs');`,
  ])('are seen: %s', (text) => {
    expect(fileReaders(inPoll(text), {})).toHaveLength(1);
    expect(fileReaders(inPoll(text), { 'src/poll/task.ts': 'a reason' })).toEqual([]);
  });

  it('are none that only look whether a file is there, nor types', () => {
    const text = `import { statSync } from 'node:fs'; import type { Stats } from 'node:fs';`;
    expect(fileReaders(inPoll(text), {})).toEqual([]);
  });
});

describe('pure rooms', () => {
  const page = (text: string) => impureCode([sourceOf('src/web/pages/overview.ts', text)], rooms);

  it.each([
    'const a = () => Date.now();',
    'const a = () => new Date();',
    'const a = () => Date();',
    'const a = () => performance.now();',
    'const a = () => process.env.TZ;',
    'const a = () => fetch(b);',
    'const a = () => Math.random();',
    'const a = () => setTimeout(b, 1);',
    'const a = () => console.log(b);',
    'const { now } = performance;',
    'const a = () => ({ ...process });',
    'const a = { process };',
    'const a = () => globalThis.Date;',
  ])('have no %s', (text) => {
    expect(page(text)).toHaveLength(1);
  });

  it('have values, also such that bear the name of a clock', () => {
    expect(page('const a = (ms: number) => new Date(ms).toISOString();')).toEqual([]);
    expect(page('const a = (task: Task) => task.process + task.performance.fetch;')).toEqual([]);
    expect(page('const a = { process: 1, fetch: 2 };')).toEqual([]);
    expect(impureCode([sourceOf('src/poll/task.ts', 'const a = () => Date.now();')], rooms)).toEqual([]);
  });
});

describe('names of drivers', () => {
  const driver = sourceOf('src/databases/oracle/index.ts', `export const oracle = { name: 'oracle' };`);
  const elsewhere = (text: string) =>
    driverNamesElsewhere([driver, sourceOf('src/config/load.ts', text)], rooms, {});

  it('come from the folders', () => {
    const shared = sourceOf('src/databases/shared/pool.ts', '');
    const list = sourceOf('src/databases/drivers.ts', '');
    expect(driversIn([driver, shared, list], rooms)).toEqual(['oracle']);
  });

  it.each([
    `const a = b === 'oracle';`,
    `type A = 'oracle' | 'other';`,
    'const a = `use oracle for this`;',
    'const a = `use ${b} or oracle`;',
    `const a = { oracle: 1 };`,
    `const a = { 'oracle': 1 };`,
    `interface A { readonly oracle: 1 }`,
    `const a = /^oracle$/;`,
    `const a = 'oracle://host/db';`,
  ])('are seen elsewhere: %s', (text) => {
    expect(elsewhere(text)).toHaveLength(1);
  });

  it('are at home in their folder, in the list, and as parts of other words', () => {
    expect(elsewhere(`import { oracle } from './oracle/index.ts'; const a = [oracle];`)).toEqual([]);
    expect(elsewhere(`const a = 'oracles'; const b = 'an-oracle'; // oracle`)).toEqual([]);
    const excused = { 'src/config/load.ts': 'a reason' };
    expect(
      driverNamesElsewhere([driver, sourceOf('src/config/load.ts', `'oracle'`)], rooms, excused),
    ).toEqual([]);
  });
});

describe('sizes', () => {
  const body = (lines: number) => Array.from({ length: lines - 2 }, () => '  call();').join('\n');
  const long = (lines: number) => `function f() {\n${body(lines)}\n}`;

  it('of functions: a function of 60 lines is caught, whatever its form', () => {
    expect(longFunctions(inPoll(long(60)), 40)).toEqual(['src/poll/task.ts:1 f: 60 lines']);
    expect(longFunctions(inPoll(`const f = () => {\n${body(60)}\n};`), 40)).toEqual([
      'src/poll/task.ts:1 f: 60 lines',
    ]);
    expect(longFunctions(inPoll(`class A {\n  f() {\n${body(60)}\n  }\n}`), 40)).toHaveLength(1);
    expect(longFunctions(inPoll(`class A {\n  constructor() {\n${body(60)}\n  }\n}`), 40)).toHaveLength(1);
    expect(longFunctions(inPoll(`class A {\n  get f() {\n${body(60)}\n  }\n}`), 40)).toHaveLength(1);
    expect(longFunctions(inPoll(`call(() => {\n${body(60)}\n});`), 40)).toHaveLength(1);
    expect(longFunctions(inPoll(`const a = { f() {\n${body(60)}\n} };`), 40)).toHaveLength(1);
    expect(longFunctions(inPoll(long(40)), 40)).toEqual([]);
    expect(longFunctions(inPoll(long(41)), 40)).toHaveLength(1);
  });

  it('of functions: a reason stands beside the function, and is one', () => {
    expect(longFunctions(inPoll(`// Long because the list reads best whole.\n${long(60)}`), 40)).toEqual([]);
    expect(
      longFunctions(inPoll(`/** Does it. Long because it is a list. */\nexport ${long(60)}`), 40),
    ).toEqual([]);
    expect(longFunctions(inPoll(`// Long because\n${long(60)}`), 40)).toHaveLength(1);
    expect(longFunctions(inPoll(`// Long because of the first.\n${long(60)}\n${long(50)}`), 40)).toHaveLength(
      1,
    );
  });

  it('of functions: those without a body are none', () => {
    const text = 'declare function a(): void;\nabstract class A { abstract b(): void }\nconst c = () => 1;';
    expect(functionsOf(inPoll(text))).toEqual([{ name: 'src/poll/task.ts:3 c', lines: 1 }]);
  });

  it('of files and folders', () => {
    expect(filesOf(inPoll('a\nb\n'))).toEqual([{ name: 'src/poll/task.ts', lines: 2 }]);
    const files = Array.from({ length: 21 }, (_, n) => sourceOf(`src/poll/f${n}.ts`, ''));
    expect(crowdedFolders(files, 20)).toEqual(['src/poll: 21 files']);
    expect(crowdedFolders([...files.slice(1), sourceOf('src/poll/deeper/a.ts', '')], 20)).toEqual([]);
  });

  it('are compared by quantiles', () => {
    const ten = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    expect([quantile(ten, 0.5), quantile(ten, 0.9), quantile(ten, 1)]).toEqual([5, 9, 10]);
    expect(quantile([], 0.5)).toBe(0);
  });
});

describe('switched-off checks', () => {
  it.each([
    'const a: any = 1;',
    'const a = b as any;',
    'const a = (b: Array<any>) => b;',
    'const a = b!;',
    'const a = b!.c;',
    'class A { b!: string; }',
    'let a!: string;',
    '// @ts-ignore\nconst a = 1;',
    'const a = 1; // eslint-disable-line',
    '/* @ts-expect-error */ const a = 1;',
    'function f() {\n  // @ts-nocheck\n}',
  ])('are seen: %s', (text) => {
    expect(uncheckedCode(inPoll(text))).not.toEqual([]);
  });

  it('are no words in texts, and no negations', () => {
    expect(uncheckedCode(inPoll(`const a = 'any @ts-ignore'; const b = !c; const d = e !== f;`))).toEqual([]);
  });
});
