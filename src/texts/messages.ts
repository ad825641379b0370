import { alertTexts } from './alerts.ts';
import { explainTexts } from './explain.ts';
import { figureTexts } from './figures.ts';
import { mailTexts } from './mails.ts';
import { monitorPageTexts } from './monitor-page.ts';
import { pageTexts } from './pages.ts';
import { remedyTexts } from './remedies.ts';
import { reportTexts } from './report.ts';
import { signInTexts } from './sign-in.ts';
import { signOfLifeTexts } from './sign-of-life.ts';
import { stateTexts } from './states.ts';
import { ticketTexts } from './tickets.ts';

/** Every text of the pages, of `explain` and single words of the mails by its key, in each language, as ICU messages. */
export const messages = {
  ...alertTexts,
  ...explainTexts,
  ...figureTexts,
  ...mailTexts,
  ...stateTexts,
  ...pageTexts,
  ...monitorPageTexts,
  ...remedyTexts,
  ...reportTexts,
  ...signInTexts,
  ...signOfLifeTexts,
  ...ticketTexts,
} as const;

export type MessageKey = keyof typeof messages;
