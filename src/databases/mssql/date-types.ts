import { DatabaseError } from '../contract.ts';
import type { Row } from '../values.ts';
import { bind, dateTypeFor, declarations, type Bound, type DateType } from './parameters.ts';

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

/** As which types the parameters of statements are to be bound, asked once for each statement. */
export class DateTypes {
  readonly #known = new Map<string, ReadonlyMap<string, DateType>>();

  /**
   * The type of each parameter of `text` that is not among `declared`. Where the server cannot infer one, as with
   * `SELECT :now` or a temporary table, it is missing, and such a `Date` is bound without a zone.
   * @param ask Runs a procedure that describes a batch.
   * @throws DatabaseError
   */
  async of(
    text: string,
    declared: readonly Bound[],
    ask: (procedure: string, parameters: readonly Bound[]) => Promise<readonly Row[]>,
  ): Promise<ReadonlyMap<string, DateType>> {
    const key = [text, ...declared.map(({ name }) => name)].join('\0');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const types = new Map<string, DateType>();
    try {
      const procedure = 'EXEC sys.sp_describe_undeclared_parameters @tsql, @params';
      for (const row of await ask(procedure, describing(text, declared)))
        types.set(
          textOf(row['name']).slice('@'.length),
          dateTypeFor(textOf(row['suggested_system_type_name'])),
        );
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.kind !== 'query') throw error;
      // Any other error, such as an unknown table, may be gone at the next run.
      if (!isUndecidable(error)) return types;
    }
    if (this.#known.size >= rememberedStatements) this.#known.clear();
    this.#known.set(key, types);
    return types;
  }
}
