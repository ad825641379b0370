import { z } from 'zod';
import { normaliseCode } from './codes.ts';
import { patternFault } from './patterns.ts';

/** The languages of titles, explanations and actions. */
export const languages = ['en', 'nl', 'de', 'fr'] as const;
export type Language = (typeof languages)[number];

/** The built-in first responders. The user's own entries may also name an entry of `responders`. */
export const responders = ['customer', 'shop_admin', 'erp_partner', 'web_agency', 'it'] as const;

/** Category of an error. A closed list, because it is a label that people filter by. */
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

const minuteMs = 60_000;
/** How long integrations mostly take to try again, by category, in milliseconds. */
const retryWaits: Readonly<Partial<Record<Category, number>>> = {
  email: 30 * minuteMs,
  locked: 10 * minuteMs,
  rate_limit: 30 * minuteMs,
};
const otherRetryWaitMs = 15 * minuteMs;
/** The longest of them. */
export const longestRetryWaitMs = Math.max(otherRetryWaitMs, ...Object.values(retryWaits));

/** How long the retry of the integration is waited for, in milliseconds; 0 where a retry does not help. */
export function retryWaitMs({ category, retryable }: Pick<KnownError, 'category' | 'retryable'>): number {
  return retryable ? (retryWaits[category] ?? otherRetryWaitMs) : 0;
}

/** A text in every language. */
export type Texts = Readonly<Record<Language, string>>;

/** An entry of the catalogue. */
export interface KnownError {
  readonly id: string;
  readonly category: Category;
  readonly responder: string;
  /** A retry of the integration usually resolves it. */
  readonly retryable: boolean;
  /** The flows that it is limited to; empty: it applies to every flow. */
  readonly flows: readonly string[];
  /** With a namespace, in the form of `normaliseCode`. */
  readonly codes: readonly string[];
  /** RE2 patterns, case-insensitive. */
  readonly patterns: readonly string[];
  /** As `patterns`, tried only where no pattern of any entry matches. */
  readonly wide?: readonly string[] | undefined;
  readonly example: string;
  readonly title: Texts;
  readonly explanation: Texts;
  readonly action: Texts;
  /** It is the user's own, not part of the catalogue that is shipped with erp-exporter. */
  readonly own: boolean;
}

/** Every known error, in the order in which they are tried. Plain data. */
export interface Catalogue {
  readonly errors: readonly KnownError[];
}

const line = z.string().trim().min(1);

/** One text for all languages, or one per language. A missing language falls back to English, else to the first one given. */
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
  // Without flags, because the pattern is copied to a JSON Schema, which has none.
  .regex(/^[A-Za-z][\w-]*:[^\s:]\S*$/, {
    error: 'is not a code; write it with its namespace, such as http:429, sqlstate:23505 or mssql:1205',
  })
  .transform(normaliseCode);

const pattern = z.string().superRefine((text, context) => {
  const fault = patternFault(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

/** Identity of an entry: id, category, responder. @param parties allowed values of `responder`. */
const entryIdentity = (parties: readonly string[]) => ({
  id: z
    .string()
    .max(60)
    .regex(/^(?!unknown-|other$)[a-z0-9]+(?:-[a-z0-9]+)*$/, {
      error:
        'is not a valid id; use lower-case letters, digits and "-", at most 60 characters; other and unknown-… are reserved',
    })
    .describe('Name in labels and links. An entry with the id of a shipped entry replaces that one.')
    .meta({ examples: ['closed-period'] }),
  category: z.enum(categories).describe('Category of the error; used as a label.'),
  responder: z
    .enum(parties)
    .describe('First responder: one of the list, or an entry of `responders` in the configuration.'),
});

/** Which errors an entry matches, and whether a retry helps. */
const entryMatch = {
  retryable: z
    .boolean()
    .default(false)
    .describe(
      'Whether a retry of the integration usually resolves it: an alert about a record then waits for that, see `retry_wait`.',
    ),
  flows: z
    .array(line)
    .min(1)
    .default([])
    .describe('Flows that the entry is limited to. Absent: every flow.')
    .meta({ examples: [['orders']] }),
  codes: z
    .array(code)
    .default([])
    .describe('Codes with their namespace; the entry matches if any of them does.')
    .meta({ examples: [['http:429', 'sqlstate:23505', 'mssql:1205']] }),
  patterns: z
    .array(pattern)
    .default([])
    .describe(
      'RE2 patterns, case-insensitive, for the text of the error; the entry matches if any of them does.',
    )
    .meta({ examples: [['posting date .{0,40}not allowed']] }),
  wide: z
    .array(pattern)
    .optional()
    .describe('As `patterns`, but tried only for texts that no pattern of any entry matches.')
    .meta({ examples: [['(goods|wares) .{0,40}not (found|known)']] }),
} as const;

/** What an entry says about its error. */
const entryTexts = {
  example: z.string().trim().default('').describe('An example of the message, as the system writes it.'),
  title: texts.describe('Short title: one text, or one per language.'),
  explanation: texts.optional().describe('What the error means. Absent: the title.'),
  action: texts.describe('Corrective action.'),
} as const;

/**
 * One entry of a file of known errors.
 *
 * @param parties allowed values of `responder`.
 * @param patterns what each pattern must be; where a test has tried them all, any text will do.
 */
export function knownErrorSchema(
  parties: readonly string[],
  { patterns, wide } = { patterns: entryMatch.patterns, wide: entryMatch.wide },
) {
  return z
    .strictObject({ ...entryIdentity(parties), ...entryMatch, patterns, wide, ...entryTexts })
    .superRefine((entry, context) => {
      if (entry.codes.length + entry.patterns.length + (entry.wide?.length ?? 0) > 0) return;
      context.addIssue({ code: 'custom', message: 'matches nothing; add codes or patterns' });
    })
    .meta({
      anyOf: [
        { required: ['codes'], properties: { codes: { type: 'array', minItems: 1 } } },
        { required: ['patterns'], properties: { patterns: { type: 'array', minItems: 1 } } },
        { required: ['wide'], properties: { wide: { type: 'array', minItems: 1 } } },
      ],
    })
    .transform(({ explanation, ...entry }) => ({ ...entry, explanation: explanation ?? entry.title }));
}

/** The file around the entries. Entries are read one by one, so that a mistake in one does not hide those in others. */
export const knownErrorsFileSchema = z.strictObject({
  errors: z.array(z.unknown()).describe('The entries; within each pass the first match wins.'),
});

/** For the shipped patterns: to compile them all took longer than the rest of a start, and a test has. */
export const triedPatterns = {
  patterns: z.array(z.string()).default([]),
  wide: z.array(z.string()).optional(),
} as const;

type Entry = Omit<KnownError, 'own'>;

/** The user's own entries first, in their order, then the shipped ones except those that an own entry with the same id replaces. */
export function buildCatalogue(shipped: readonly Entry[], own: readonly Entry[]): Catalogue {
  const replaced = new Set(own.map(({ id }) => id));
  return {
    errors: [
      ...own.map((entry) => ({ ...entry, own: true })),
      ...shipped.filter(({ id }) => !replaced.has(id)).map((entry) => ({ ...entry, own: false })),
    ],
  };
}

/** Whether an entry applies to a flow. */
export function appliesTo({ flows }: KnownError, flow: string): boolean {
  return flows.length === 0 || flows.includes(flow);
}
