import { circles, placeOf, roomOf } from '../rooms.ts';
import type { Reference } from '../references.ts';
import type { Source } from '../sources.ts';
import { compositionRoot, composed, type Room } from '../table.ts';

/** What a rule found: `file:line: what is wrong`. */
export type Violations = readonly string[];

/** Imports that the table does not allow, and files in no room. */
export function forbiddenImports(sources: readonly Source[], rooms: readonly Room[]): Violations {
  return sources.flatMap((source) => {
    const room = roomOf(rooms, source.path);
    if (room === undefined) return [`${source.path}: its folder has no row in the table`];
    return source.references
      .map((reference) => [reference, refusal(source, room, reference, rooms)] as const)
      .filter(([, reason]) => reason !== undefined)
      .map(
        ([{ line, target, typeOnly }, reason]) =>
          `${source.path}:${line} -> ${target}${typeOnly ? ' (types)' : ''}: ${reason ?? ''}`,
      );
  });
}

function refusal(
  source: Source,
  room: Room,
  reference: Reference,
  rooms: readonly Room[],
): string | undefined {
  const { target, typeOnly } = reference;
  if (target === '?') return 'no text says what is imported';
  if (!target.startsWith('src/')) return packageRefusal(source, room, target);
  const other = roomOf(rooms, target);
  if (other === undefined) return 'the imported folder has no row in the table';
  if (other === room && placeOf(room, source.path) === placeOf(room, target)) return undefined;
  if (other === room) return `one of ${room.path} imports another`;
  if (room.imports?.includes(other.path) === true) return undefined;
  if (room.types?.includes(other.path) !== true) return `${room.path} may not import ${other.path}`;
  return typeOnly ? undefined : `${room.path} may import types of ${other.path} alone`;
}

function packageRefusal({ path }: Source, room: Room, target: string): string | undefined {
  if (/^\.\.?\//.test(target) || /\.[cm]?[jt]s$/.test(target)) return 'outside of src';
  const allowed = room.packages?.includes(target) === true;
  const own = room.ownPackages === true && !target.startsWith('node:');
  return allowed || own ? undefined : `${placeOf(room, path)} may not import this package`;
}

/** Clients of databases that anything but their driver's folder imports, for types too. */
export function sharedClients(sources: readonly Source[], rooms: readonly Room[]): Violations {
  const uses = sources.flatMap((source) => {
    const room = roomOf(rooms, source.path);
    return source.references
      .filter(({ target }) => !target.startsWith('src/') && !target.startsWith('node:'))
      .map(({ target, line }) => ({
        target,
        at: `${source.path}:${line}`,
        place: placeIn(room, source),
        room,
      }));
  });
  const owners = new Map(
    uses.filter(({ room }) => room?.ownPackages === true).map(({ target, place }) => [target, place]),
  );
  return uses
    .filter(({ target, place }) => owners.has(target) && owners.get(target) !== place)
    .map(({ at, target }) => `${at} -> ${target}: the client of ${owners.get(target) ?? ''}`);
}

function placeIn(room: Room | undefined, { path }: Source): string {
  return room === undefined ? path : placeOf(room, path);
}

/** Circles of files, type imports included. */
export function importCircles(sources: readonly Source[]): Violations {
  const next = new Map(
    sources.map(({ path, references }) => [path, references.map(({ target }) => target)] as const),
  );
  return circles(next).map((circle) => circle.join(' -> '));
}

/** Files other than the composition root that import, for more than types, what is put together there. */
export function otherCompositionRoots(sources: readonly Source[]): Violations {
  const parts = composed.map((path) => `src/${path}`);
  return sources
    .filter(({ path }) => path !== `src/${compositionRoot}`)
    .flatMap(({ path, references }) =>
      references
        .filter(({ target, typeOnly }) => !typeOnly && parts.includes(target))
        .map(({ target, line }) => `${path}:${line} -> ${target}: ${compositionRoot} puts this together`),
    );
}
