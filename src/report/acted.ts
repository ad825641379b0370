import type { Collected } from './collect.ts';
import type { RemedyFigures, TicketFigures } from './types.ts';

type Figures = Collected['figures'];

/** What was counted of each flow, by the value of a label. */
function byFlow(figures: Figures, figure: string, label: string): ReadonlyMap<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const entry of figures) {
    if (entry['figure'] !== figure) continue;
    const flow = entry['flow'] ?? '';
    const counts = found.get(flow) ?? new Map<string, number>();
    found.set(flow, counts.set(entry[label] ?? '', entry.value));
  }
  return found;
}

/** What was done to tickets; nothing where Prometheus has no such series. */
export function ticketFigures(figures: Figures): readonly TicketFigures[] {
  return [...byFlow(figures, 'ticket', 'change')].map(([flow, counts]) => ({
    flow,
    opened: counts.get('opened') ?? 0,
    commented: counts.get('commented') ?? 0,
    closed: counts.get('closed') ?? 0,
    reopened: counts.get('reopened') ?? 0,
  }));
}

/** What remedies tried; nothing where Prometheus has no such series. */
export function remedyFigures(figures: Figures): readonly RemedyFigures[] {
  const exhausted = byFlow(figures, 'exhausted', 'figure');
  return [...byFlow(figures, 'remedy', 'result')].map(([flow, counts]) => ({
    flow,
    sent: counts.get('sent') ?? 0,
    worked: counts.get('worked') ?? 0,
    failed: counts.get('failed') ?? 0,
    exhausted: exhausted.get(flow)?.get('exhausted') ?? 0,
  }));
}
