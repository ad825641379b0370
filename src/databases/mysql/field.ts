/** What mysql2 says about a column of a result or of a prepared statement. */
export interface Field {
  readonly name: string;
  /** A number of the protocol, one of `mysql.Types`. */
  readonly columnType: number;
  readonly flags: number;
  /** Width in characters or bytes; for BIT the number of bits. */
  readonly columnLength: number;
  readonly characterSet: number;
  /** MariaDB's own types that travel as text, such as `uuid`. */
  readonly extendedTypeName?: string | undefined;
}

/** A column of mysql2 as `Field`. @throws TypeError when mysql2 no longer describes it as it used to. */
export function toField(definition: unknown): Field {
  if (
    typeof definition === 'object' &&
    definition !== null &&
    'name' in definition &&
    typeof definition.name === 'string' &&
    'columnType' in definition &&
    typeof definition.columnType === 'number' &&
    'flags' in definition &&
    typeof definition.flags === 'number' &&
    'columnLength' in definition &&
    typeof definition.columnLength === 'number' &&
    'characterSet' in definition &&
    typeof definition.characterSet === 'number'
  ) {
    const { name, columnType, flags, columnLength, characterSet } = definition;
    const extended = 'extendedTypeName' in definition ? definition.extendedTypeName : undefined;
    return {
      name,
      columnType,
      flags,
      columnLength,
      characterSet,
      extendedTypeName: typeof extended === 'string' ? extended : undefined,
    };
  }
  throw new TypeError('mysql2 does not describe a column as it used to');
}
