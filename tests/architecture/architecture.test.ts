import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { driverNames, mutableValues, readers } from './excuses.ts';
import { circlesOfRooms, roomOf } from './rooms.ts';
import { uncheckedCode } from './rules/checks.ts';
import { driverNamesElsewhere, driversIn } from './rules/driver-names.ts';
import { fileReaders } from './rules/file-reading.ts';
import { entrancesOf, workAtImport } from './rules/import-work.ts';
import { forbiddenImports, importCircles, otherCompositionRoots, sharedClients } from './rules/imports.ts';
import { moduleState, staleExcuses } from './rules/module-state.ts';
import { impureCode } from './rules/purity.ts';
import { crowdedFolders, filesOf, functionsOf, longFunctions, quantile } from './rules/size.ts';
import { root, sourcesIn } from './sources.ts';
import { rooms } from './table.ts';

const sources = sourcesIn('src');
const everything = ['src', 'tests', 'bench', 'scripts', 'stack', 'grafana'].flatMap(sourcesIn);

describe('the house as it stands', () => {
  it('is read, imports and all', () => {
    expect(sources.length).toBeGreaterThan(150);
    const serve = sources.find(({ path }) => path === 'src/commands/serve.ts');
    expect(serve?.references).toContainEqual(
      expect.objectContaining({ target: 'src/poll/poller.ts', typeOnly: false }),
    );
    expect(driversIn(sources, rooms)).toEqual(expect.arrayContaining(['mssql', 'mysql', 'postgres']));
  });

  it('has a row in the table for each folder, and nothing in the table that is not there', () => {
    const used = new Set(sources.map(({ path }) => roomOf(rooms, path)?.path));
    expect(rooms.map(({ path }) => path).filter((path) => !used.has(path))).toEqual([]);
  });

  it('imports what the table allows', () => {
    expect(forbiddenImports(sources, rooms)).toEqual([]);
  });

  it('has no import that runs back up: the table has no circle', () => {
    expect(circlesOfRooms(rooms)).toEqual([]);
  });

  it('has no circle of files, type imports included', () => {
    expect(importCircles(sources)).toEqual([]);
  });

  it('imports the client of a database in its driver alone', () => {
    expect(sharedClients(sources, rooms)).toEqual([]);
  });

  it('knows the name of a driver in its folder alone', () => {
    expect(driverNamesElsewhere(sources, rooms, driverNames)).toEqual([]);
    const unneeded = Object.keys(driverNames).filter(
      (file) => !driverNamesElsewhere(sources, rooms, {}).some((found) => found.startsWith(`${file}:`)),
    );
    expect(unneeded).toEqual([]);
  });

  it('is put together in one place', () => {
    expect(otherCompositionRoots(sources)).toEqual([]);
  });

  it('reads the files that users name by the bounded reader alone', () => {
    expect(fileReaders(sources, readers)).toEqual([]);
    const unneeded = Object.keys(readers).filter(
      (file) => !fileReaders(sources, {}).some((found) => found.startsWith(`${file}:`)),
    );
    expect(unneeded).toEqual([]);
  });

  it('asks no clock and does no I/O in exposition and pages', () => {
    expect(impureCode(sources, rooms)).toEqual([]);
  });

  it('holds nothing in a module that can change', () => {
    expect(moduleState(sources, mutableValues)).toEqual([]);
    expect(staleExcuses(sources, mutableValues)).toEqual([]);
  });

  it('does no work at import', () => {
    const entrances = entrancesOf(sources);
    expect([...entrances].filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(workAtImport(sources, entrances)).toEqual([]);
  });

  it('has no `any`, no `!` and no switched-off check', () => {
    expect(uncheckedCode(everything)).toEqual([]);
  });
});

describe('sizes', () => {
  it('keeps files short', () => {
    const files = filesOf(sources);
    expect(files.filter(({ lines }) => lines > 300)).toEqual([]);
    const lines = files.map((file) => file.lines);
    expect(quantile(lines, 0.9)).toBeLessThanOrEqual(200);
    expect(quantile(lines, 0.5)).toBeLessThanOrEqual(100);
  });

  it('keeps functions short, or says beside them why not', () => {
    expect(longFunctions(sources, 40)).toEqual([]);
    // One-line arrows are no functions to a reader: they would hide what is long.
    const lines = functionsOf(sources)
      .map((measured) => measured.lines)
      .filter((count) => count > 1);
    expect(quantile(lines, 0.9)).toBeLessThanOrEqual(20);
  });

  it('keeps folders small enough to read their names', () => {
    expect(crowdedFolders(sources, 20)).toEqual([]);
  });
});
