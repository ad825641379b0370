import { z } from 'zod';
import { oidcSchema } from './oidc.ts';
import { rightsSchema, seenCompanies } from './rights.ts';
import { text } from './values.ts';

const headerName = text.regex(/^[A-Za-z0-9-]+$/, { error: 'is no name of a header' });

const hash = text.regex(/^[0-9a-fA-F]{64}$/, {
  error: 'is no SHA-256 in 64 hexadecimal digits; write what `printf %s "$TOKEN" | sha256sum` prints',
});

/** What a visitor is recognised by: exactly one of these keys. */
export const recognisedBy = ['user', 'certificate', 'token_sha256', 'token_sha256_file'] as const;

export const visitorSchema = z
  .strictObject({
    user: text
      .optional()
      .describe('A user of `basic_auth_users` in the file of `--web.config.file`.')
      .meta({ examples: ['prometheus'] }),
    certificate: text
      .optional()
      .describe(
        'A client certificate that is verified: its common name, or one of its subject alternative names.',
      )
      .meta({ examples: ['grafana.acme.lan'] }),
    token_sha256: hash
      .optional()
      .describe('SHA-256 of a token that is sent as `Authorization: Bearer …`; make it of 32 random bytes.')
      .meta({ examples: ['0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f'] }),
    token_sha256_file: text
      .optional()
      .describe(
        'A file that holds it instead. A relative path starts at the directory of the configuration file.',
      )
      .meta({ examples: ['/run/secrets/acme.sha256'] }),
    companies: seenCompanies,
    rights: rightsSchema,
  })
  .refine((entry) => recognisedBy.filter((key) => entry[key] !== undefined).length === 1, {
    error: `must have exactly one of ${recognisedBy.join(', ')}`,
  });

export const proxySchema = z.strictObject({
  secret_file: text
    .describe(
      'A file with the secret that the proxy sends in the header `X-Erp-Proxy-Secret`; at least 16 characters.',
    )
    .meta({ examples: ['/run/secrets/proxy'] }),
  user_header: headerName
    .default('X-Forwarded-User')
    .describe('The header with the name of the person.')
    .meta({ examples: ['X-Forwarded-Email'] }),
  companies_header: headerName
    .default('X-Erp-Companies')
    .describe(
      'The header with the companies of the person, separated by commas; names of no company are ignored.',
    )
    .meta({ examples: ['X-Forwarded-Groups'] }),
  all_companies: text
    .default('*')
    .describe('What that header says of a person who sees all companies.')
    .meta({ examples: ['agency'] }),
  rights: rightsSchema,
});

/** `access:`, with its visitors read one by one. */
export const accessOutline = z.strictObject({
  visitors: z.array(z.unknown()).optional(),
  proxy: z.unknown().optional(),
  oidc: z.unknown().optional(),
});

export const accessSchema = z.strictObject({
  visitors: z
    .array(visitorSchema)
    .optional()
    .describe('Who sees what; the first entry that fits a request applies.'),
  proxy: proxySchema
    .optional()
    .describe('A proxy in front that logs people in, such as oauth2-proxy, and says who they are.'),
  oidc: oidcSchema
    .optional()
    .describe('A provider of OpenID Connect at which people sign in, such as Keycloak or Entra ID.'),
});
