import { z } from 'zod';
import { languages, name, text, timezone } from './values.ts';

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

const companyRespondersSchema = z
  .record(name, contactsSchema)
  .optional()
  .describe(
    'Who acts on errors of this company, by the name of the responder: mails about other companies never go to these addresses. They come before those of the top-level `responders`.',
  )
  .meta({ examples: [{ shop_admin: { emails: ['shop@acme.example'] } }] });

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
  responders: companyRespondersSchema,
  timezone: timezone
    .optional()
    .describe('Time zone of its days (`:today`, "failed today"). Absent: `timezone` of the configuration.')
    .meta({ examples: ['Europe/Paris'] }),
});

export const responderSchema = z.strictObject({
  emails,
  language,
  all_companies: z
    .boolean()
    .default(false)
    .describe(
      'Mails about every company may go to these addresses: your own people. When it is false, the addresses are used only in a configuration with one company; with several, give each company its own in `companies.<name>.responders`.',
    )
    .meta({ examples: [true] }),
});
