import type { StatusPage } from '../../config/config.ts';
import type { MonitorStateName } from '../../judgement.ts';
import type { Texts } from '../../known-errors/catalogue.ts';
import type { Snapshot } from '../../poll/snapshot.ts';
import type { Instant } from '../../time.ts';
import { linesOf, rankOf } from './lines.ts';
import type { FiguredLine } from './lines.ts';

/** How a flow stands, for everybody. */
export interface StatusFlowView {
  /** What it is known by between two looks. It names the company and the flow, and is never shown. */
  readonly key: string;
  readonly name: Texts;
  readonly state: MonitorStateName;
  /** What was written for the state; `null` when nothing was. */
  readonly message: Texts | null;
  /** Whether each of its monitors has completed a run. */
  readonly isRead: boolean;
}

export interface StatusCompanyView {
  readonly name: Texts;
  readonly flows: readonly StatusFlowView[];
}

function worst(lines: readonly FiguredLine[]): MonitorStateName {
  return lines
    .map(({ line }) => line.state)
    .reduce<MonitorStateName>(
      (one, other) => (rankOf(other) < rankOf(one) ? other : one),
      lines.length === 0 ? 'no_data' : 'ok',
    );
}

/** How each flow of the public view stands: the state of the worst of its monitors, and nothing else of them. */
export function statusOf(snapshot: Snapshot, page: StatusPage, now: Instant): StatusCompanyView[] {
  const shown = new Set(page.companies.map(({ company }) => company));
  const lines = linesOf(snapshot, now, (company) => shown.has(company));
  return page.companies.map(({ company, name, flows }) => ({
    name,
    flows: flows.map(({ flow, name: shownName, messages }) => {
      const own = lines.filter(({ line }) => line.company === company && line.flow === flow);
      const state = worst(own);
      return {
        key: JSON.stringify([company, flow]),
        name: shownName,
        state,
        message: messages.get(state) ?? null,
        isRead: own.length > 0 && own.every(({ task }) => task.lastRun !== null),
      };
    }),
  }));
}
