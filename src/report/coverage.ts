import { stepMs } from './collect.ts';
import { conditionOf, floorShare, stretchesOf } from './conditions.ts';
import type { MonitorTrack } from './conditions.ts';
import type { Period } from './period.ts';
import type { Coverage } from './types.ts';

/** Of which times there are samples, of any monitor and of each. */
export function coverageOf(
  tracks: readonly MonitorTrack[],
  { from }: Period,
  steps: number,
): Pick<Coverage, 'share' | 'lastKnown' | 'first' | 'gaps' | 'monitorGaps' | 'unread'> {
  const covered = Array.from({ length: steps }, (_, step) =>
    tracks.some(({ states }) => states[step] !== undefined),
  );
  const first = covered.indexOf(true);
  const known = Array.from({ length: steps }, (_, step) =>
    tracks.some(({ states }) => states[step] !== undefined && states[step] !== 'no_data'),
  );
  const last = known.lastIndexOf(true);
  const ofEach = (isSo: (track: MonitorTrack, step: number) => boolean) =>
    tracks.flatMap((track) =>
      stretchesOf(from, steps, (step) => isSo(track, step)).map((stretch) => ({
        ...stretch,
        monitor: track.monitor,
      })),
    );
  return {
    share: steps === 0 ? 0 : floorShare(known.filter(Boolean).length / steps),
    first: first === -1 ? null : from + first * stepMs,
    lastKnown: last === -1 ? null : from + (last + 1) * stepMs,
    gaps: stretchesOf(from, steps, (step) => covered[step] !== true),
    monitorGaps: ofEach((track, step) => covered[step] === true && conditionOf(track, step) === 'no_samples'),
    unread: ofEach((track, step) => track.states[step] === 'no_data'),
  };
}
