import { DatabaseError } from '../contract.ts';
import type { ParsedSql } from '../shared/named-parameters.ts';
import type { Parameters, Row } from '../values.ts';
import { bind, dateTypeFor, declarations, type Bound, type DateType } from './parameters.ts';

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

// Statements whose parameter types are remembered; a configuration has fewer.
const rememberedStatements = 1000;

/** The arguments of the procedures that describe a batch. */
export function describing(text: string, declared: readonly Bound[]): Bound[] {
  return [
    bind('tsql', text, 'datetime2', 'UTC'),
    bind('params', declarations(declared) || null, 'datetime2', 'UTC'),
  ];
}

/** 11502 to 11531, less 11501, "could not be analyzed because of compile errors": what the describing procedures give up on. */
function isUndecidable({ code }: DatabaseError): boolean {
  const number = Number(code?.replace('mssql:', ''));
  return number >= 11502 && number <= 11531;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What the server says of the parameters of a statement. */
interface Suggestions {
  /** By name; a parameter that the server has no type for is missing, or its type is none for a time. */
  readonly types: ReadonlyMap<string, string>;
  /** Its words when it gave up. */
  readonly refusal?: DatabaseError;
}

type Ask = (procedure: string, parameters: readonly Bound[]) => Promise<readonly Row[]>;

async function suggestionsOf(text: string, declared: readonly Bound[], ask: Ask): Promise<Suggestions> {
  const procedure = 'EXEC sys.sp_describe_undeclared_parameters @tsql, @params';
  try {
    const rows = await ask(procedure, describing(text, declared));
    const types = rows.map(
      (row) => [textOf(row['name']).slice('@'.length), textOf(row['suggested_system_type_name'])] as const,
    );
    return { types: new Map(types) };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind !== 'query') throw error;
    return { types: new Map(), refusal: error };
  }
}

/** What is asked of the author of a statement when the server does not tell the type of a time. */
function unclear(
  { parameter, line }: Place,
  refusal: DatabaseError | undefined,
  zone: string,
): DatabaseError {
  const advice = `write CAST(:${parameter} AS datetimeoffset) where it meets a time with a zone, CAST(:${parameter} AS datetime2) where it meets one without, which is then read in ${zone}`;
  const what = `SQL Server does not say as which type :${parameter} is to be sent (line ${line})`;
  // An unknown table, for one, is what has to be mended first.
  const isOfStatement = refusal !== undefined && !isUndecidable(refusal);
  const message = isOfStatement
    ? `${refusal.message} (${what}; of a statement that it cannot describe, as with a temporary table, ${advice})`
    : `${what}; ${advice}`;
  return new DatabaseError('query', message, { code: refusal?.code, cause: refusal });
}

/** As which types the times in statements are to be sent, asked once for each statement. */
export class DateTypes {
  readonly #zone: string;
  readonly #known = new Map<string, Suggestions>();

  /** @param zone that of the database's zone-less types. */
  constructor(zone: string) {
    this.#zone = zone;
  }

  /**
   * The type of each `Date` among `places`. What the statement itself says is taken, else what the server would have. Where it
   * has none, as for `SELECT :now` or a temporary table, nothing is guessed: sent with another type, the time would be off by
   * the offset of the zone. In UTC all types mean the same.
   * @param ask Runs a procedure that describes a batch.
   * @throws DatabaseError of kind `query` that asks for a CAST; as `ask` threw it.
   */
  async of(text: string, places: readonly Place[], ask: Ask): Promise<ReadonlyMap<string, DateType>> {
    const types = new Map<string, DateType>();
    const open = places.filter(({ name, value, stated }) => {
      if (value instanceof Date && stated !== undefined) types.set(name, stated);
      return value instanceof Date && stated === undefined;
    });
    if (open.length === 0) return types;
    const { types: suggested, refusal } = await this.#suggestions(text, places, types, ask);
    for (const place of open) {
      const type = dateTypeFor(suggested.get(place.name) ?? '');
      if (type !== undefined && !place.free) types.set(place.name, type);
      else if (this.#zone !== 'UTC') throw unclear(place, refusal, this.#zone);
    }
    return types;
  }

  async #suggestions(
    text: string,
    places: readonly Place[],
    stated: ReadonlyMap<string, DateType>,
    ask: Ask,
  ): Promise<Suggestions> {
    const declared = places
      .filter(({ name, value }) => !(value instanceof Date) || stated.has(name))
      .map(({ name, value }) => bind(name, value, stated.get(name) ?? 'datetime2', this.#zone));
    const key = [text, ...declared.map(({ name }) => name)].join('\0');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const suggestions = await suggestionsOf(text, declared, ask);
    // Any other error, such as an unknown table, may be gone at the next run.
    if (suggestions.refusal !== undefined && !isUndecidable(suggestions.refusal)) return suggestions;
    if (this.#known.size >= rememberedStatements) this.#known.clear();
    this.#known.set(key, suggestions);
    return suggestions;
  }
}
