import { z } from 'zod';
import { monitorStates } from '../../judgement.ts';
import { languages } from '../../known-errors/catalogue.ts';
import { companyName, text } from './values.ts';
import { webAddress } from './alerting.ts';

/** Longest text that is shown: it is written by hand. */
const mostCharacters = 2000;

const shownText = text
  .max(mostCharacters)
  // XML, and so a feed, has no such characters.
  .regex(/^[^\p{Cc}\p{Cs}\uFFFE\uFFFF]*$/u, { error: 'holds a control character; write it on one line' });

const notListen = 'is no address to listen at; write host:port or :port, such as 127.0.0.1:9746';
const mostPort = 65_535;

/** A text for readers of every language, or one for each of some. */
const localText = z.union([
  shownText,
  z
    .partialRecord(z.enum(languages), shownText)
    .refine((texts) => Object.keys(texts).length > 0, { error: 'is empty; write a text in a language' }),
]);

export const statusFlowSchema = z.strictObject({
  name: localText
    .describe('The name that is shown; a text, or one by language.')
    .meta({ examples: ['Orders', { en: 'Orders', nl: 'Bestellingen' }] }),
  messages: z
    .partialRecord(z.enum(monitorStates), localText)
    .optional()
    .describe(
      'What is shown below the state, by state: `ok`, `warning`, `critical`, `no_data`, `maintenance`, `closed`. Absent: nothing.',
    )
    .meta({ examples: [{ critical: 'Orders arrive late. We are working on it.' }] }),
});

export const statusCompanySchema = z.strictObject({
  name: localText
    .describe('The name that is shown; a text, or one by language.')
    .meta({ examples: ['ACME shop'] }),
  flows: z
    .record(text, statusFlowSchema)
    .refine((flows) => Object.keys(flows).length > 0, {
      error: 'is empty; name a flow, or remove the company',
    })
    .describe('The flows that are shown, by the name that `flow:` of monitors has.')
    .meta({ examples: [{ orders: { name: 'Orders' } }] }),
});

export const statusPageSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Whether `/status`, `/status.json` and `/status.rss` are there, for everybody.')
    .meta({ examples: [true] }),
  title: localText
    .describe('The heading; a text, or one by language.')
    .meta({ examples: ['Status of the shop'] }),
  url: webAddress
    .describe('Public address of the page, which the feed names; without `/status` at its end.')
    .meta({ examples: ['https://status.acme.example'] }),
  listen: z
    .string()
    .regex(/^(?:\[[^\]]+\]|[^:\s]*):\d{1,5}$/, {
      error: notListen,
    })
    .refine((address) => Number(address.replace(/^.*:/, '')) <= mostPort, { error: notListen })
    .optional()
    .describe(
      'An address of its own, at which nothing else is answered and no password is asked for. Absent: the page is served beside the others alone.',
    )
    .meta({ examples: [':9746'] }),
  companies: z
    .record(companyName, statusCompanySchema)
    .describe(
      'What is shown, by the name of the company, which is not shown itself: `name`, and `flows` by the name that `flow:` of monitors has, each with `name` and `messages` by state (`ok`, `warning`, `critical`, `no_data`, `maintenance`, `closed`). Every text may be one for all languages, or a mapping by language.',
    )
    .meta({
      examples: [
        {
          acme: {
            name: 'ACME shop',
            flows: { orders: { name: 'Orders', messages: { critical: 'We are working on it.' } } },
          },
        },
      ],
    }),
});
