import { z } from 'zod';
import { languages, text, timezone } from './values.ts';

const language = z
  .enum(languages)
  .default('en')
  .describe('Language of mails and explanations.')
  .meta({ examples: ['nl'] });

export const emails = z
  .array(z.email({ error: 'is not an e-mail address' }))
  .min(1)
  .describe('E-mail addresses.')
  .meta({ examples: [['support@partner.example']] });

/** `contacts:` of a company. */
export const contactsSchema = z.strictObject({
  emails,
  language: z
    .enum(languages)
    .optional()
    .describe('Language of the mails. Absent: `language` of the company.')
    .meta({ examples: ['nl'] }),
});

export const companySchema = z.strictObject({
  title: text
    .optional()
    .describe('Display name. Absent: the name of the entry.')
    .meta({ examples: ['ACME NV'] }),
  project: text
    .optional()
    .describe('Your project number or project name, for mails and tickets.')
    .meta({ examples: ['P-1234'] }),
  language,
  contacts: contactsSchema
    .optional()
    .describe('People of the company itself, who get its mails: `company` in `notify`.')
    .meta({ examples: [{ emails: ['orders@acme.example'] }] }),
  timezone: timezone
    .optional()
    .describe('Time zone of its days (`:today`, "failed today"). Absent: `timezone` of the configuration.')
    .meta({ examples: ['Europe/Paris'] }),
});

export const responderSchema = z.strictObject({
  emails,
  language,
});
