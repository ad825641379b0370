import { z } from 'zod';
import type { MonitorState, StateChanges } from '../../../../state/monitor-state.ts';
import type { Instant } from '../../../../time.ts';
import { newAudit, slide } from './audit.ts';
import type { Audit, AuditSlice, Span } from './audit.ts';

const prefix = 'slice/';
const storedKey = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const storedSlice = z.object({ to: storedKey, at: z.number(), ms: z.number() });

/** What a state keeps of the slices that were compared; the others follow from the window. */
function textsOf({ slices }: Audit): ReadonlyMap<string, string> {
  return new Map(
    slices
      .filter(({ comparedAt }) => comparedAt !== null)
      .map(({ from, to, comparedAt, ms }) => [
        prefix + from.toString(),
        JSON.stringify({ to: to.toString(), at: comparedAt, ms }),
      ]),
  );
}

function sliceOf(key: string, value: string): AuditSlice[] {
  try {
    const from = storedKey.parse(key.slice(prefix.length));
    const { to, at, ms } = storedSlice.parse(JSON.parse(value));
    return [{ from, to, comparedAt: at, ms }];
  } catch {
    // As if it had never been compared.
    return [];
  }
}

/**
 * The audit that a state holds, for the window and the grid of today.
 *
 * @param now what claims to have been compared later comes from a clock that was put back: it counts as never compared.
 */
export function loadAudit(
  state: Pick<MonitorState, 'entries'>,
  window: Span,
  width: bigint,
  now: Instant,
): Audit {
  const stored = [...state.entries(prefix)]
    .flatMap(([key, value]) => sliceOf(key, value))
    .filter(({ comparedAt }) => comparedAt !== null && comparedAt <= now);
  if (stored.length === 0) return newAudit(window, width);
  const slices = stored.sort((one, other) => (one.from < other.from ? -1 : 1));
  return slide({ width, slices }, window, width);
}

/** What must be written to a state, so that it holds `after`: only what differs from what it holds. */
export function auditChanges(state: Pick<MonitorState, 'get' | 'entries'>, after: Audit): StateChanges {
  const texts = textsOf(after);
  const set = new Map([...texts].filter(([key, value]) => state.get(key) !== value));
  const gone = [...state.entries(prefix)].filter(([key]) => !texts.has(key)).map(([key]) => key);
  return { set, delete: gone };
}
