import { describe, expect, it } from 'vitest';
import { circlesOfRooms, roomOf } from './rooms.ts';
import { forbiddenImports, importCircles, otherCompositionRoots, sharedClients } from './rules/imports.ts';
import { sourceOf, type Source } from './sources.ts';
import { rooms } from './table.ts';

/** Sources by their paths below `src`. */
const house = (files: Readonly<Record<string, string>>): Source[] =>
  Object.entries(files).map(([path, text]) => sourceOf(`src/${path}`, text));

const refused = (path: string, text: string): readonly string[] =>
  forbiddenImports(house({ [path]: text }), rooms);

describe('imports that the table forbids', () => {
  it.each([
    ['a re-export from web in poll', 'poll/poller.ts', `export { webApp } from '../web/app.ts';`],
    ['config importing web', 'config/load.ts', `import { webApp } from '../web/app.ts';`],
    ['known-errors importing poll', 'known-errors/classify.ts', `import { x } from '../poll/task.ts';`],
    ['export * in poll', 'poll/task.ts', `export * from '../web/assets.ts';`],
    ['export * as in poll', 'poll/task.ts', `export * as web from '../web/assets.ts';`],
    ['a re-export of a type', 'poll/task.ts', `export type { Page } from '../web/assets.ts';`],
    ['a type alone', 'calendar/hours.ts', `import type { Config } from '../config/config.ts';`],
    ['a type in brackets', 'calendar/hours.ts', `import { type Config } from '../config/config.ts';`],
    ['an import() of a type', 'state/file.ts', `let a: import('../poll/task.ts').Task | undefined;`],
    ['a dynamic import', 'poll/poller.ts', `const app = async () => await import('../web/app.ts');`],
    ['a dynamic import in a template', 'poll/poller.ts', 'const a = () => import(`../web/app.ts`);'],
    ['an import of a name that is computed', 'poll/poller.ts', 'const a = (b: string) => import(b);'],
    ['import =', 'poll/poller.ts', `import app = require('../web/app.ts');`],
    ['require', 'poll/poller.ts', `const app = require('../web/app.ts');`],
    ['an import for its effect', 'poll/poller.ts', `import '../web/app.ts';`],
    ['a namespace', 'poll/poller.ts', `import * as app from '../web/app.ts';`],
    ['the built name of a file', 'poll/poller.ts', `import { app } from '../web/app.js';`],
    [
      'a URL of a module',
      'poll/poller.ts',
      `const w = new URL('../demo/database/worker.ts', import.meta.url);`,
    ],
    ['a worker', 'poll/a.ts', 'new Worker(new URL(`../web/w${extname(import.meta.url)}`, import.meta.url));'],
    ['a worker of a name that is computed', 'poll/a.ts', 'new Worker(new URL(name, import.meta.url));'],
    ['a kind importing another', 'monitors/jobs/report.ts', `import { x } from '../records/report.ts';`],
    ['a kind importing a type of another', 'monitors/sync/a.ts', `import type { X } from '../query/b.ts';`],
    ['a kind importing the list of kinds', 'monitors/jobs/a.ts', `import { kinds } from '../kinds.ts';`],
    [
      'a kind that is new importing poll',
      'monitors/beat/index.ts',
      `import { x } from '../../poll/task.ts';`,
    ],
    [
      'a kind entering the engine of another',
      'monitors/jobs/a.ts',
      `import { c } from '../reconcile/engine/cycle.ts';`,
    ],
    [
      'a kind importing a driver',
      'monitors/query/a.ts',
      `import { d } from '../../databases/mysql/index.ts';`,
    ],
    ['a driver importing another', 'databases/mysql/a.ts', `import { x } from '../postgres/values.ts';`],
    [
      'a driver importing monitors',
      'databases/mysql/a.ts',
      `import { x } from '../../monitors/contract.ts';`,
    ],
    [
      'a value of which types are allowed',
      'metrics/exposition.ts',
      `import { x } from '../poll/snapshot.ts';`,
    ],
    ['a page importing what asks the clock', 'web/pages/overview.ts', `import { now } from '../../time.ts';`],
    ['I/O in the exposition', 'metrics/exposition.ts', `import { readFileSync } from 'node:fs';`],
    ['a package that the room has no use for', 'poll/task.ts', `import express from 'express';`],
    ['a part of a package', 'poll/task.ts', `import { lex } from '@scope/name/part.js';`],
    ['a built-in module fetched', 'poll/task.ts', `const fs = process.getBuiltinModule('node:fs');`],
    ['a file outside of src', 'poll/task.ts', `import { x } from '../../tests/helpers/real.ts';`],
    ['a folder without a row', 'billing/invoice.ts', `export const a = 1;`],
    ['a file without a row where each has its own', 'monitors/helpers.ts', `export const a = 1;`],
    ['a folder below one that has a row', 'poll/retries/a.ts', `export const a = 1;`],
    ['a folder without a row imported', 'poll/task.ts', `import { a } from '../billing/invoice.ts';`],
  ])('catches %s', (_, path, text) => {
    expect(refused(path, text)).toHaveLength(1);
  });

  it.each([
    ['values', 'poll/task.ts', `import { asInstant } from '../time.ts';`],
    ['types', 'poll/task.ts', `import type { Config } from '../config/config.ts';`],
    ['re-exports', 'calendar/hours.ts', `export { zoneClock } from '../time.ts';`],
    ['packages', 'calendar/hours.ts', `import { z } from 'zod'; import { Cron } from 'croner';`],
    [
      'files of its own folder',
      'poll/task.ts',
      `import { x } from './task-run.ts'; export * from './health.ts';`,
    ],
    ['data by their URL', 'version.ts', `const a = new URL('../package.json', import.meta.url);`],
    [
      'a URL of the network',
      'poll/task.ts',
      `const a = new URL(text, base); const b = new URL('/x.ts', base);`,
    ],
    [
      'a new kind',
      'monitors/beat/index.ts',
      `import { z } from 'zod'; import type { MonitorKind } from '../contract.ts';`,
    ],
    [
      'a new driver',
      'databases/oracle/database.ts',
      `import { Pool } from 'oracledb'; import { P } from '../shared/pool.ts';`,
    ],
    ['the engine of its kind', 'monitors/reconcile/observe.ts', `import { cycle } from './engine/cycle.ts';`],
    [
      'imports in texts and comments',
      'poll/task.ts',
      `// import '../web/app.ts';\nconst a = "import '../web/app.ts'";`,
    ],
  ])('allows %s', (_, path, text) => {
    expect(refused(path, text)).toEqual([]);
  });
});

describe('rooms', () => {
  it('have no circle, and one would be seen, through types too', () => {
    expect(circlesOfRooms(rooms)).toEqual([]);
    const upward = rooms.map((room) =>
      room.path === 'calendar' ? { ...room, types: ['config/config.ts'] } : room,
    );
    expect(circlesOfRooms(upward)).toContain('calendar -> config/config.ts -> calendar');
  });

  it('only lead to rooms', () => {
    const paths = rooms.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    const led = rooms.flatMap(({ imports = [], types = [] }) => [...imports, ...types]);
    expect(led.filter((path) => !paths.includes(path))).toEqual([]);
  });

  it('are the nearest: a file before its folder, a folder before any folder', () => {
    const pathOf = (file: string) => roomOf(rooms, `src/${file}`)?.path;
    expect(pathOf('web/assets.ts')).toBe('web/assets.ts');
    expect(pathOf('monitors/reconcile/report.ts')).toBe('monitors/reconcile');
    expect(pathOf('monitors/beat/report.ts')).toBe('monitors/*');
    expect(pathOf('databases/shared/pool.ts')).toBe('databases/shared');
    expect(pathOf('monitors/beat/deeper/report.ts')).toBeUndefined();
  });
});

describe('circles of files', () => {
  it.each([
    ['of values', `import { b } from './b.ts';`, `import { a } from './a.ts';`],
    ['of types', `import type { B } from './b.ts';`, `import type { A } from './a.ts';`],
    ['through a re-export', `export * from './b.ts';`, `import type { A } from './a.ts';`],
    ['through an import() of a type', `export type C = import('./b.ts').B;`, `import { a } from './a.ts';`],
  ])('are seen: %s', (_, a, b) => {
    expect(importCircles(house({ 'poll/a.ts': a, 'poll/b.ts': b }))).toEqual([
      'src/poll/a.ts -> src/poll/b.ts -> src/poll/a.ts',
    ]);
  });

  it('are seen of three files, of a file with itself, and not where two ways lead to one file', () => {
    const three = { 'a.ts': `import './b.ts';`, 'b.ts': `import './c.ts';`, 'c.ts': `import './a.ts';` };
    expect(importCircles(house(three))).toEqual(['src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts']);
    expect(importCircles(house({ 'a.ts': `export * from './a.ts';` }))).toHaveLength(1);
    const fork = { 'a.ts': `import './b.ts'; import './c.ts';`, 'b.ts': `import './c.ts';`, 'c.ts': '' };
    expect(importCircles(house(fork))).toEqual([]);
  });
});

describe('clients of databases', () => {
  const driver = { 'databases/oracle/database.ts': `import { Pool } from 'oracledb';` };

  it.each([
    ['monitors', 'monitors/records/report.ts', `import { Pool } from 'oracledb';`],
    ['another driver', 'databases/mysql/database.ts', `import { Pool } from 'oracledb';`],
    ['what drivers share', 'databases/shared/pool.ts', `import type { Pool } from 'oracledb';`],
    ['a dynamic import', 'commands/try.ts', `const a = () => import('oracledb/lib/pool.js');`],
  ])('are seen in %s', (_, path, text) => {
    expect(sharedClients(house({ ...driver, [path]: text }), rooms)).toHaveLength(1);
  });

  it('are at home in their driver', () => {
    const more = { 'databases/oracle/values.ts': `import type { Row } from 'oracledb';` };
    expect(sharedClients(house({ ...driver, ...more }), rooms)).toEqual([]);
  });
});

describe('the composition root', () => {
  it('is one', () => {
    const text = `import { Poller } from '../poll/poller.ts';`;
    expect(otherCompositionRoots(house({ 'commands/serve.ts': text }))).toEqual([]);
    expect(otherCompositionRoots(house({ 'commands/once.ts': text }))).toHaveLength(1);
    const types = `import type { Poller } from '../poll/poller.ts';`;
    expect(otherCompositionRoots(house({ 'commands/once.ts': types }))).toEqual([]);
  });
});
