import type { Translator } from '../texts/translator.ts';
import type { RecordRemedy } from './board.ts';

/** "tried 3 times, last at 14:05, answer 409", for tickets and pages; '' when nothing was tried. @param now for the form of the time. */
export function triedText(
  t: Translator,
  remedy: Pick<RecordRemedy, 'tries' | 'lastAt' | 'lastAnswer' | 'isDryRun'> | undefined,
  { timezone, now }: { readonly timezone: string; readonly now: number },
): string {
  if (remedy?.lastAt === undefined || remedy.lastAt === null || remedy.isDryRun) return '';
  const { tries, lastAt, lastAnswer } = remedy;
  return t.text('remedy.tried', { tries, at: t.time(lastAt, timezone, now), answer: lastAnswer || '–' });
}
