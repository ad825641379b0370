import type { Room } from './table.ts';

/** The room of a file below `src`: the file's own, else that of its folder, by name before by `*`. */
export function roomOf(rooms: readonly Room[], path: string): Room | undefined {
  const file = path.replace(/^src\//, '');
  const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
  const pattern = folder.replace(/[^/]+$/, '*');
  for (const name of [file, folder, pattern]) {
    const room = rooms.find((one) => one.path === name);
    if (room !== undefined) return room;
  }
  return undefined;
}

/** The folder, or the file, that a room stands for at `path`: two kinds have one room and are two places. */
export function placeOf(room: Room, path: string): string {
  return room.path.endsWith('.ts') ? path : path.slice(0, path.lastIndexOf('/'));
}

/** Rooms that lead back to themselves, each as `a -> b -> a`; a permission for types counts like any other. */
export function circlesOfRooms(rooms: readonly Room[]): string[] {
  const next = new Map(rooms.map(({ path, imports = [], types = [] }) => [path, [...imports, ...types]]));
  return circles(next).map((circle) => circle.join(' -> '));
}

/** The circles of a graph that a walk in depth meets, each closed by its first node again. */
export function circles(next: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (node: string, way: readonly string[]): void => {
    const seen = way.indexOf(node);
    if (seen >= 0) found.push([...way.slice(seen), node]);
    if (seen >= 0 || done.has(node)) return;
    for (const other of next.get(node) ?? []) walk(other, [...way, node]);
    done.add(node);
  };
  for (const node of next.keys()) walk(node, []);
  return found;
}
