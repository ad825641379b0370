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

/** Most attempts that a page shows, and among how many those of the reader's companies are looked for. */
const mostShown = 50;
const mostRead = 500;

/** What a reader sees of remedies. A remedy concerns every company; its attempts are those of one. */
export async function remediesOf(board: RemedyBoard | undefined, viewer: Viewer): Promise<RemediesView> {
  const mayStop = viewer.may('remedies');
  if (board === undefined) return { lines: [], problem: '', attempts: [], mayStop };
  const attempts = viewer.may('records') ? await board.attempts(mostRead) : null;
  return {
    lines: board.lines(),
    problem: board.problem,
    attempts: attempts?.filter(({ company }) => viewer.sees(company)).slice(0, mostShown) ?? null,
    mayStop,
  };
}
