import { z } from 'zod';
import { normaliseCode } from './codes.ts';
import { patternFault } from './patterns.ts';

/** The languages of titles, explanations and actions. */
export const languages = ['en', 'nl', 'de', 'fr'] as const;
export type Language = (typeof languages)[number];

/** Who can act first on an error. A user's own entries may also name an entry of `responders`. */
export const responders = ['customer', 'shop_admin', 'erp_partner', 'web_agency', 'it'] as const;

/** What sort of trouble an error is. A closed list: it is a label, and people filter by it. */
export const categories = [
  'auth',
  'blocked',
  'closed_period',
  'configuration',
  'connectivity',
  'constraint',
  'credit',
  'duplicate',
  'email',
  'format',
  'inventory',
  'locked',
  'missing_required',
  'parse',
  'payment',
  'platform',
  'rate_limit',
  'reference_missing',
  'too_large',
  'validation',
] as const;
export type Category = (typeof categories)[number];

/** One text in every language. */
export type Texts = Readonly<Record<Language, string>>;

/** An entry of the catalogue. */
export interface KnownError {
  readonly id: string;
  readonly category: Category;
  readonly responder: string;
  /** It is mostly gone after a retry of the integration. */
  readonly retryable: boolean;
  /** The flows that it is limited to; empty: none. */
  readonly flows: readonly string[];
  /** Namespaced, as `normaliseCode` spells them. */
  readonly codes: readonly string[];
  /** RE2, case-insensitive. */
  readonly patterns: readonly string[];
  readonly example: string;
  readonly title: Texts;
  readonly explanation: Texts;
  readonly action: Texts;
  /** It is the user's, not of the catalogue that comes with erp-exporter. */
  readonly own: boolean;
}

/** Every known error in the order in which they are tried. Plain data. */
export interface Catalogue {
  readonly errors: readonly KnownError[];
}

const line = z.string().trim().min(1);

/** A text per language, or one for all of them. A language that is absent has the English text, else the first one. */
const texts = z
  .union([
    line,
    z.strictObject({ en: line, nl: line, de: line, fr: line }).partial().meta({ minProperties: 1 }),
  ])
  .transform((given, context): Texts => {
    const entries: { readonly [Name in Language]?: string | undefined } =
      typeof given === 'string' ? { en: given } : given;
    const fallback = entries.en ?? languages.map((language) => entries[language]).find(Boolean);
    if (fallback === undefined) {
      context.addIssue({ code: 'custom', message: `is empty; write it in ${languages.join(', ')}` });
      return z.NEVER;
    }
    const { en = fallback, nl = fallback, de = fallback, fr = fallback } = entries;
    return { en, nl, de, fr };
  });

const code = z
  .string()
  // No flag: a JSON Schema, which is made of this, knows none.
  .regex(/^[A-Za-z][\w-]*:[^\s:]\S*$/, {
    error: 'is not a code; write it with its namespace, such as http:429, sqlstate:23505 or mssql:1205',
  })
  .transform(normaliseCode);

const pattern = z.string().superRefine((text, context) => {
  const fault = patternFault(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/**
 * One entry of a file of known errors.
 *
 * @param parties whom `responder` may name.
 */
export function knownErrorSchema(parties: readonly string[]) {
  return z
    .strictObject({
      id: z
        .string()
        .max(60)
        .regex(/^(?!unknown-|other$)[a-z0-9]+(?:-[a-z0-9]+)*$/, {
          error:
            'is not a valid id; use lower-case letters, digits and "-", at most 60 characters; other and unknown-… are reserved',
        })
        .describe('Its name in labels and links. The id of a shipped entry: replaces that one.')
        .meta({ examples: ['closed-period'] }),
      category: z.enum(categories).describe('What sort of trouble it is; a label.'),
      responder: z
        .enum(parties)
        .describe('Who acts first: one of the list, or an entry of `responders` in the configuration.'),
      retryable: z.boolean().default(false).describe('Whether it is mostly gone after a retry.'),
      flows: z
        .array(line)
        .min(1)
        .default([])
        .describe('Flows that the entry is limited to. Absent: every flow.')
        .meta({ examples: [['orders']] }),
      codes: z
        .array(code)
        .default([])
        .describe('Codes with their namespace; any of them is enough.')
        .meta({ examples: [['http:429', 'sqlstate:23505', 'mssql:1205']] }),
      patterns: z
        .array(pattern)
        .default([])
        .describe('Patterns of RE2, case-insensitive, for the text; any of them is enough.')
        .meta({ examples: [['posting date .{0,40}not allowed']] }),
      example: z.string().trim().default('').describe('A message as the systems write it.'),
      title: texts.describe('What it is: one text, or one per language.'),
      explanation: texts.optional().describe('What it means. Absent: the title.'),
      action: texts.describe('What to do.'),
    })
    .superRefine(({ codes, patterns }, context) => {
      if (codes.length + patterns.length > 0) return;
      context.addIssue({ code: 'custom', message: 'matches nothing; add codes or patterns' });
    })
    .meta({
      anyOf: [
        { required: ['codes'], properties: { codes: { type: 'array', minItems: 1 } } },
        { required: ['patterns'], properties: { patterns: { type: 'array', minItems: 1 } } },
      ],
    })
    .transform(({ explanation, ...entry }) => ({ ...entry, explanation: explanation ?? entry.title }));
}

/** What stands around the entries; they are read one by one, so that one that is wrong hides no other. */
export const knownErrorsFileSchema = z.strictObject({
  errors: z.array(z.unknown()).describe('The entries; within each pass the first that fits wins.'),
});

type Entry = Omit<KnownError, 'own'>;

/** Own entries first, in their order, then the shipped ones without those whose id an own entry bears. */
export function buildCatalogue(shipped: readonly Entry[], own: readonly Entry[]): Catalogue {
  const replaced = new Set(own.map(({ id }) => id));
  return {
    errors: [
      ...own.map((entry) => ({ ...entry, own: true })),
      ...shipped.filter(({ id }) => !replaced.has(id)).map((entry) => ({ ...entry, own: false })),
    ],
  };
}

/** Whether an entry is tried in a flow. */
export function appliesTo({ flows }: KnownError, flow: string): boolean {
  return flows.length === 0 || flows.includes(flow);
}
