import type { z } from 'zod';
import type { NotifyMatch } from '../config.ts';
import type { matchSchema } from '../schema/alerting.ts';

/** What `match` of a rule asks of the labels of an alert. */
export function matchOf(match: z.output<typeof matchSchema>): NotifyMatch {
  const { alert, ...labels } = match;
  return Object.fromEntries(
    Object.entries({ alertname: alert, ...labels }).flatMap(([label, value]) =>
      value === undefined ? [] : [[label, [value].flat().map(String)]],
    ),
  );
}
