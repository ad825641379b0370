import { z } from 'zod';
import { isOwnMachine } from '../source/named-file.ts';
import { rightsSchema, seenCompanies } from './rights.ts';
import { durationOfAtLeast, text } from './values.ts';

const minuteMs = 60_000;

const issuer = text.refine(
  (value) => {
    const url = URL.parse(value);
    if (url === null || url.username !== '' || url.search !== '' || url.hash !== '') return false;
    return url.protocol === 'https:' || (url.protocol === 'http:' && isOwnMachine(url.hostname));
  },
  { error: 'is no address of an issuer; write it as https://login.example, without user, ? and #' },
);

const scope = text.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: 'is no scope; write one word an entry' });

/** Who, of those who sign in, sees what. */
export const peopleSchema = z
  .strictObject({
    claim: text
      .describe(
        'The claim by which people are recognised: `groups`, `email`, or a path such as `realm_access.roles`. `email` counts only where the provider says `email_verified`.',
      )
      .meta({ examples: ['groups'] }),
    value: text
      .optional()
      .describe(
        'What the claim says, or has among its values. Absent, with `companies_claim` only: anything.',
      )
      .meta({ examples: ['erp-agency'] }),
    companies: seenCompanies,
    companies_claim: text
      .optional()
      .describe(
        'Instead of `companies`: a claim whose values are the names of the companies; names of no company are ignored.',
      )
      .meta({ examples: ['erp_companies'] }),
    rights: rightsSchema,
  })
  .refine((entry) => entry.companies === undefined || entry.companies_claim === undefined, {
    error: 'must not have both companies and companies_claim',
  })
  .refine((entry) => entry.value !== undefined || entry.companies_claim !== undefined, {
    error: 'has neither value nor companies_claim: everybody with the claim would see all; add one of them',
  });

export const oidcSchema = z.strictObject({
  issuer: issuer
    .describe('The issuer, as its `/.well-known/openid-configuration` names it.')
    .meta({ examples: ['https://login.example/realms/agency'] }),
  client_id: text
    .describe('The id under which erp-exporter is registered there.')
    .meta({ examples: ['erp-exporter'] }),
  client_secret_file: text
    .optional()
    .describe('A file with its secret. Absent: a public client, which has none.')
    .meta({ examples: ['/run/secrets/oidc'] }),
  scopes: z
    .array(scope)
    .refine((scopes) => scopes.includes('openid'), { error: 'must contain openid' })
    .default(['openid', 'profile', 'email'])
    .describe('What is asked of the provider; some give groups only for a scope of their own.')
    .meta({ examples: [['openid', 'email', 'groups']] }),
  people: z
    .array(peopleSchema)
    .min(1)
    .describe(
      'Who sees what. The first entry that fits a person gives the rights; further ones with the same rights add their companies.',
    ),
  session_key_file: text
    .optional()
    .describe(
      'A file with the key that sessions are signed with, at least 32 characters. Absent: a random key, so that a restart signs everybody out.',
    )
    .meta({ examples: ['/run/secrets/session-key'] }),
  session_lifetime: durationOfAtLeast(minuteMs)
    .prefault('8h')
    .describe('After which time people sign in again, whatever they did.')
    .meta({ examples: ['12h'] }),
  logout: z
    .enum(['exporter', 'issuer'])
    .default('exporter')
    .describe('What signing out ends: the session here alone, or that at the issuer too, if it can end one.')
    .meta({ examples: ['issuer'] }),
});
