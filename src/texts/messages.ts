import { figureTexts } from './figures.ts';
import { pageTexts } from './pages.ts';
import { stateTexts } from './states.ts';

/** Every text of the pages by its key, in each language, as ICU messages. */
export const messages = { ...figureTexts, ...stateTexts, ...pageTexts } as const;

export type MessageKey = keyof typeof messages;
