import { z } from 'zod';
import { languages, text, timezone } from './values.ts';

const language = z
  .enum(languages)
  .default('en')
  .describe('Language of mails and explanations.')
  .meta({ examples: ['nl'] });

export const emails = z
  .array(z.email({ error: 'is no e-mail address' }))
  .min(1)
  .describe('Where its mails go.')
  .meta({ examples: [['support@partner.example']] });

/** `contacts:` of a company. */
export const contactsSchema = z.strictObject({
  emails,
  language: z
    .enum(languages)
    .optional()
    .describe('Language of its mails. Absent: `language` of the company.')
    .meta({ examples: ['nl'] }),
});

export const companySchema = z.strictObject({
  title: text
    .optional()
    .describe('What people call it. Absent: its name.')
    .meta({ examples: ['ACME NV'] }),
  project: text
    .optional()
    .describe('Your number or name of the project, for mails and tickets.')
    .meta({ examples: ['P-1234'] }),
  language,
  contacts: contactsSchema
    .optional()
    .describe('The own people of the company, who get its mails: `company` in `notify`.')
    .meta({ examples: [{ emails: ['orders@acme.example'] }] }),
  timezone: timezone
    .optional()
    .describe(
      'Zone in which its day begins (`:today`, "failed today"). Absent: `timezone` of the configuration.',
    )
    .meta({ examples: ['Europe/Paris'] }),
});

export const responderSchema = z.strictObject({
  emails,
  language,
});
