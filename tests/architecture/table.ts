import { acting } from './table/acting.ts';
import { basics, knowledge } from './table/basics.ts';
import { configuration } from './table/configuration.ts';
import { databases } from './table/databases.ts';
import { monitors } from './table/monitors.ts';
import type { Room } from './table/room.ts';
import { entrances, running } from './table/running.ts';

export type { Room } from './table/room.ts';

/** Every room, from what everybody may use to what starts the program. */
export const rooms: readonly Room[] = [
  ...basics,
  ...databases,
  ...knowledge,
  ...monitors,
  ...configuration,
  ...acting,
  ...running,
  ...entrances,
];

/** Put together in one place: no other file may import one of these but for its types. */
export const composed: readonly string[] = [
  'poll/poller.ts',
  'web/app.ts',
  'metrics/body.ts',
  'metrics/own.ts',
];
export const compositionRoot = 'commands/serve.ts';
