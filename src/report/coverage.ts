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
): Pick<Coverage, 'share' | 'first' | 'last' | 'gaps' | 'monitorGaps'> {
  const covered = Array.from({ length: steps }, (_, step) =>
    tracks.some(({ states }) => states[step] !== undefined),
  );
  const first = covered.indexOf(true);
  const last = covered.lastIndexOf(true);
  return {
    share: steps === 0 ? 0 : floorShare(covered.filter(Boolean).length / steps),
    first: first === -1 ? null : from + first * stepMs,
    last: last === -1 ? null : from + (last + 1) * stepMs,
    gaps: stretchesOf(from, steps, (step) => covered[step] !== true),
    monitorGaps: tracks.flatMap((track) =>
      stretchesOf(
        from,
        steps,
        (step) => covered[step] === true && conditionOf(track, step) === 'no_samples',
      ).map((stretch) => ({ ...stretch, monitor: track.monitor })),
    ),
  };
}
