import { z } from 'zod';
import { duration } from '../shared/settings.ts';

const codeList = z.record(z.string().min(1).max(200), z.string().min(1).max(200));

/** How one column is compared. */
export const compared = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('money').describe('Amounts, compared in minor units.'),
    digits: z
      .int()
      .min(0)
      .max(6)
      .default(2)
      .describe('Decimals of the minor unit; further digits are rounded.')
      .meta({ examples: [2] }),
  }),
  z.strictObject({ type: z.literal('integer').describe('Whole numbers.') }),
  z.strictObject({
    type: z.literal('status').describe('Words or codes that mean the same under different names.'),
    left: codeList
      .describe('The words of the left side, and what each means.')
      .meta({ examples: [{ paid: 'paid', open: 'unpaid' }] }),
    right: codeList
      .describe('The words of the right side, with the same meanings.')
      .meta({ examples: [{ P: 'paid', O: 'unpaid' }] }),
  }),
  z.strictObject({
    type: z.literal('instant').describe('Times.'),
    tolerance: duration
      .default(0)
      .describe(
        'Largest difference that is ignored, such as 4ms for the `datetime` of SQL Server. With a tolerance, rows are read instead of digests.',
      )
      .meta({ examples: ['1s'] }),
  }),
  z.strictObject({ type: z.literal('text').describe('Texts; trailing spaces are ignored.') }),
]);

/** What `record` holds. */
export const key = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('integer').describe('Whole numbers of up to 64 bits.') }),
  z.strictObject({
    type: z.literal('text').describe('Texts; trailing spaces are ignored.'),
    trim: z
      .boolean()
      .default(false)
      .describe('Whether leading spaces of a key are ignored too.')
      .meta({ examples: [true] }),
    case: z
      .enum(['keep', 'lower'])
      .default('keep')
      .describe('`lower`: `A-7` and `a-7` are the same key.')
      .meta({ examples: ['lower'] }),
  }),
  z.strictObject({ type: z.literal('guid').describe('GUIDs, in whatever case.') }),
]);

export type Compared = z.output<typeof compared>;
