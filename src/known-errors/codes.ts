import type { CodePattern } from '../databases/driver.ts';
import { drivers } from '../databases/drivers.ts';

/**
 * HTTP statuses that web services of ERPs also use to wrap an error that the text describes more precisely: a business error,
 * such as a closed period in an HTTP 500, or one of several reasons to refuse a call, such as an expired token (401) or an
 * exhausted quota (403). They decide only when no other code and no text matches.
 */
const weakCodes: ReadonlySet<string> = new Set([
  'http:400',
  'http:401',
  'http:403',
  'http:409',
  'http:422',
  'http:500',
  'http:502',
  'http:503',
]);

export function isWeakCode(code: string): boolean {
  return weakCodes.has(code);
}

/** The canonical form of a code, `namespace:value`: namespace in lower case, value in upper case. */
export function normaliseCode(code: string): string {
  const colon = code.indexOf(':');
  return `${code.slice(0, colon).toLowerCase()}:${code.slice(colon + 1).toUpperCase()}`;
}

/**
 * How codes appear in a text, each anchored by the words around it: a bare number is never taken for a code, because it may be
 * an order number. Each pattern takes linear time.
 */
const inTexts: readonly CodePattern[] = [
  { namespace: 'http', pattern: /\bHTTP(?:\/[\d.]{1,3})?(?: error)?:? (\d{3})\b/gi },
  { namespace: 'http', pattern: /\bstatus[ _]?(?:code)?["']?[ :=]{1,3}(\d{3})\b/gi },
  { namespace: 'sqlstate', pattern: /\bSQLSTATE[ :=[]{1,3}([0-9A-Z]{5})\b/gi },
  ...drivers.flatMap(({ codes }) => codes),
  // The DI API of SAP Business One: No matching records found (ODBC -2028)
  { namespace: 'b1', pattern: /\bODBC (-?\d{1,6})\b/gi },
  // The long text of an SAP message: Message no. V1150
  {
    namespace: 'sap',
    pattern:
      /\b(?:message no\.?|message n°|nachrichtennr\.?|meldungsnr\.?|berichtnr\.?) ?(\w\w[/ ]?\d{3})\b/gi,
  },
  // A reply of SMTP with its enhanced status (RFC 3463): 550 5.1.1 User unknown
  { namespace: 'smtp', pattern: /\b(4\d\d[ -](?=4\.\d{1,3}\.\d)|5\d\d[ -](?=5\.\d{1,3}\.\d))/g },
  { namespace: 'node', pattern: /\b(E(?!RRORS?\b)[A-Z_]{4,30})\b/g },
];

/** Values of the column `code` that are unambiguous without a namespace. */
const inColumns: readonly CodePattern[] = [
  { namespace: 'http', pattern: /^([45]\d\d)(?: [a-z][a-z -]*)?$/i },
  { namespace: 'sqlstate', pattern: /^(\d{2}(?=[0-9A-Z]{0,2}[A-Z])[0-9A-Z]{3})$/i },
  { namespace: 'sap', pattern: /^([A-Z]\w\/\d{3})$/i },
];

function spell(namespace: string, value: string): string {
  const bare = value.replaceAll(' ', '').replace(/-$/, '');
  return normaliseCode(
    namespace === 'sap' ? `sap:${bare.slice(0, 2)}/${bare.slice(-3)}` : `${namespace}:${bare}`,
  );
}

/** The codes that a text contains, each once. */
export function codesInText(text: string): readonly string[] {
  return [
    ...new Set(
      inTexts.flatMap(({ namespace, pattern }) =>
        [...text.matchAll(pattern)].map(([, value = '']) => spell(namespace, value)),
      ),
    ),
  ];
}

/**
 * The codes in the column `code`:
 * - with a namespace, as it stands: `mssql:1205`;
 * - 400 to 599, alone or with its reason phrase, as an HTTP status: such a column belongs to an API call;
 * - five characters, two digits and then at least one letter, as SQLSTATE: `40P01`. Five digits alone may be anything;
 * - `V1/150`, as an SAP message number;
 * - otherwise the codes that it contains as a text: `HTTP 429`, `ECONNREFUSED`.
 *
 * Any other number needs its namespace to be a code: 1205 is a deadlock in one database and a lock time-out in another.
 */
export function codesInColumn(column: string): readonly string[] {
  const text = column.trim();
  if (/^[a-z][\w-]*:[^\s/]\S*$/i.test(text)) return [normaliseCode(text)];
  const found = inColumns.flatMap(({ namespace, pattern }) => {
    const value = pattern.exec(text)?.[1];
    return value === undefined ? [] : [spell(namespace, value)];
  });
  return found.length > 0 ? found : codesInText(text);
}
