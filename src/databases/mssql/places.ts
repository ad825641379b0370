import type { ParsedSql } from '../shared/named-parameters.ts';
import type { Parameters } from '../values.ts';
import type { DateType } from './parameters.ts';

/** A place of a statement at which a parameter stands. */
export interface Place {
  /** Of the parameter that stands there alone, `p1`. */
  readonly name: string;
  /** As the user calls it, `now`. */
  readonly parameter: string;
  readonly line: number;
  readonly value: Parameters[string] | undefined;
  /** The type that the statement itself gives to a `Date`, as in `CAST(:now AS datetimeoffset)`. */
  readonly stated: DateType | undefined;
  /** It is an operand of a function that takes times of any type, so that what the server suggests is a guess. */
  readonly free: boolean;
}

const dateTypes = 'datetimeoffset|datetime2|datetime|smalldatetime|date';
const castBefore = /\b(?:TRY_)?CAST\s*\(\s*$/i;
const castAfter = new RegExp(`^\\s*AS\\s+\\[?(${dateTypes})\\b`, 'i');
const convertBefore = new RegExp(
  `\\b(?:TRY_)?CONVERT\\s*\\(\\s*\\[?(${dateTypes})\\]?\\s*(?:\\(\\s*\\d\\s*\\))?\\s*,\\s*$`,
  'i',
);
/** Functions of times. Their operands may be of any type for times, and are compared after conversion to one. */
const functionBefore =
  /\b(?:DATEDIFF|DATEDIFF_BIG|DATEADD|DATEPART|DATENAME|DATETRUNC|DATE_BUCKET)\s*\([^()]*(?:\([^()]*\)[^()]*)*$/i;

function statedType(before: string, after: string): DateType | undefined {
  const cast = castBefore.test(before) ? castAfter.exec(after)?.[1] : undefined;
  const word = (cast ?? convertBefore.exec(before)?.[1])?.toLowerCase();
  if (word === undefined) return undefined;
  return word === 'datetimeoffset' || word === 'datetime' ? word : 'datetime2';
}

/** The places of the parameters of a statement, in their order. */
export function placesOf({ texts, names }: ParsedSql, values: Parameters): readonly Place[] {
  let before = '';
  return names.map((parameter, index) => {
    before += texts[index] ?? '';
    const place: Place = {
      name: `p${index + 1}`,
      parameter,
      line: before.split('\n').length,
      value: values[parameter],
      stated: statedType(before, texts[index + 1] ?? ''),
      free: functionBefore.test(before) && /^\s*[,)]/.test(texts[index + 1] ?? ''),
    };
    before += `:${parameter}`;
    return place;
  });
}
