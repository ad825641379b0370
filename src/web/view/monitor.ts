import type { Snapshot } from '../../poll/snapshot.ts';
import type { RemedyBoard } from '../../remedies/remedies.ts';
import type { Instant } from '../../time.ts';
import { jobLines } from './jobs.ts';
import { linesOf } from './lines.ts';
import type { FiguredLine } from './lines.ts';
import { cardOf } from './overview.ts';
import { recordPage, recordsOf } from './records.ts';
import { remediesFor } from './remedies.ts';
import type { CompanyCard, MonitorView, RecordQuery, StatementView } from './types.ts';
import type { Viewer } from './viewer.ts';

/** How a company stands; undefined when there is no such company with a monitor, or none that the reader may see. */
export function companyOf(
  snapshot: Snapshot,
  viewer: Viewer,
  company: string,
  now: Instant,
): CompanyCard | undefined {
  const found = viewer.sees(company) ? snapshot.companies.find(({ name }) => name === company) : undefined;
  if (found === undefined) return undefined;
  const lines = linesOf(
    snapshot,
    now,
    (name) => viewer.sees(name),
    (name) => name === company,
  );
  return lines.length === 0 ? undefined : cardOf(found, lines);
}

/** The SQL of a run for several companies may name each of them. */
function statementsOf({ task: { monitor }, isWhole }: FiguredLine, viewer: Viewer): StatementView[] | null {
  if (!isWhole || !viewer.may('sql')) return null;
  return monitor.kind.queries(monitor.settings).map(({ key, database, sql }) => ({ key, database, sql }));
}

/** One monitor at one company; undefined when there is none, or none that the reader may see. */
export function monitorOf(
  snapshot: Snapshot,
  viewer: Viewer,
  place: { readonly company: string; readonly monitor: string },
  query: RecordQuery,
  now: Instant,
  remedies?: RemedyBoard,
): MonitorView | undefined {
  const { company, monitor } = place;
  const found = viewer.sees(company) ? snapshot.companies.find(({ name }) => name === company) : undefined;
  if (found === undefined) return undefined;
  const lines = linesOf(
    snapshot,
    now,
    (name) => viewer.sees(name),
    (name) => name === company,
  );
  const own = lines.find(({ line }) => line.monitor === monitor);
  if (own === undefined) return undefined;
  const errors = new Map(snapshot.knownErrors.map((entry) => [entry.id, entry]));
  return {
    environment: snapshot.environment,
    now,
    card: cardOf(found, lines),
    line: own.line,
    jobs: jobLines(own.samples, errors),
    records: viewer.may('records')
      ? recordPage(recordsOf(own), query, errors, remediesFor(remedies, viewer))
      : null,
    statements: statementsOf(own, viewer),
    mayRefresh: viewer.may('refresh'),
  };
}
