import type { StatusPage } from '../../../src/config/config.ts';
import type { Texts } from '../../../src/known-errors/catalogue.ts';

export const inEachLanguage = (text: string): Texts => ({ en: text, nl: text, de: text, fr: text });

/** A public view of one flow of one company. @param word stands in each of its texts. */
export function statusPageOf(word: string, company = 'acme', flow = 'flow-orders'): StatusPage {
  return {
    title: inEachLanguage(`Title ${word}`),
    url: 'https://status.example',
    companies: [
      {
        company,
        name: inEachLanguage(`Shop ${word}`),
        flows: [
          {
            flow,
            name: inEachLanguage(`Sales ${word}`),
            messages: new Map([
              ['warning', inEachLanguage(`We are at it ${word}`)],
              ['ok', inEachLanguage(`All is well ${word}`)],
            ]),
          },
        ],
      },
    ],
  };
}

export const statusPage: StatusPage = statusPageOf('of all');
