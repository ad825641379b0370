import type { AttemptLine, RemedyBoard, RemedyLine } from '../../remedies/remedies.ts';
import type { Viewer } from './viewer.ts';

/** The page of remedies. */
export interface RemediesView {
  readonly lines: readonly RemedyLine[];
  /** Why nothing is tried at all; '' when that is not so. */
  readonly problem: string;
  /** Those at companies that the reader sees, newest first; `null`: the reader sees no single records. */
  readonly attempts: readonly AttemptLine[] | null;
  readonly mayStop: boolean;
}

/** What remedies do about records, where there are any, and whether the reader may have one tried at once. */
export type SeenRemedies =
  { readonly board: Pick<RemedyBoard, 'among'>; readonly mayRelaunch: boolean } | undefined;

/** As a reader may see them. */
export function remediesFor(board: RemedyBoard | undefined, viewer: Viewer): SeenRemedies {
  return board === undefined ? undefined : { board, mayRelaunch: viewer.may('remedies') };
}

/** Most attempts that a page shows, and among how many those of the reader's companies are looked for. */
const mostShown = 50;
const mostRead = 500;

/** The remedies that may mend records of the reader's companies; of a line the reader learns of no other company. */
function linesFor(board: RemedyBoard, viewer: Viewer): RemedyLine[] {
  return board.lines().flatMap((line) => {
    if (line.companies === null) return [line];
    const companies = line.companies.filter((company) => viewer.sees(company));
    return companies.length === 0 ? [] : [{ ...line, companies }];
  });
}

/**
 * What a reader sees of remedies, and of what they tried.
 *
 * @param seesAll whether the reader sees all companies: only who does may stop what concerns all.
 */
export async function remediesOf(
  board: RemedyBoard | undefined,
  viewer: Viewer,
  seesAll: boolean,
): Promise<RemediesView> {
  const mayStop = seesAll && viewer.may('remedies');
  if (board === undefined) return { lines: [], problem: '', attempts: [], mayStop };
  const attempts = viewer.may('records') ? await board.attempts(mostRead) : null;
  return {
    lines: linesFor(board, viewer),
    problem: board.problem,
    attempts: attempts?.filter(({ company }) => viewer.sees(company)).slice(0, mostShown) ?? null,
    mayStop,
  };
}
