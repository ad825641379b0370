import { STATUS_CODES } from 'node:http';
import type { CodePattern } from '../databases/driver.ts';
import { drivers } from '../databases/drivers.ts';

/**
 * Codes that tell less than the text around them may: HTTP statuses that web services of ERPs also use to wrap an error that
 * the text describes more precisely, such as a closed period in an HTTP 500, an expired token (401) or an exhausted quota
 * (403); and codes of Node, which say how a connection failed, not whose: a mail server's, an ERP's. They decide only when no
 * other code and no text matches.
 */
const weakCodes = /^(?:http:(?:40[0139]|422|50[023])|node:.*)$/;

export function isWeakCode(code: string): boolean {
  return weakCodes.test(code);
}

/** The canonical form of a code, `namespace:value`: namespace in lower case, value in upper case. */
export function normaliseCode(code: string): string {
  const colon = code.indexOf(':');
  return `${code.slice(0, colon).toLowerCase()}:${code.slice(colon + 1).toUpperCase()}`;
}

/**
 * Statuses with their own phrases (RFC 9110, and older ones that are still about), spelt as servers do: "Order 404 not found"
 * states no status.
 */
const statusPhrases: string = [
  ...Object.entries(STATUS_CODES).filter(([status]) => Number(status) >= 400),
  ['413', 'Request Entity Too Large'],
  ['422', 'Unprocessable Content'],
  ['504', 'Gateway Time-out'],
]
  .flatMap(([status = '', phrase = '']) => [
    [status, phrase] as const,
    [status, phrase.toUpperCase()] as const,
  ])
  .map(([status, phrase]) => `(?=${status}:? \\(?${phrase}\\b)`)
  .join('|');

/** What a code belongs to that is a business one, such as `item code=500`. */
const otherCodes =
  /(?<!(?:item|product|article|artikel|customer|klant|kunden|order|country|post|postal|zip|currency|tax|vat|btw|unit|discount|coupon|promo|voucher|reason|company|location|bank|sort|payment|shipping)[ _-]?)/
    .source;

/**
 * How codes appear in a text, each anchored by the words around it: a bare number is never taken for a code, because it may be
 * an order number. Each pattern takes linear time.
 */
const inTexts: readonly CodePattern[] = [
  { namespace: 'http', pattern: /\bHTTP(?:\/[\d.]{1,3})?(?: (?:error|response|status))?:? '?(\d{3})\b/gi },
  // status: 422, "statusCode":422, [status code] 500, an HTTP status of 500
  { namespace: 'http', pattern: /\bstatus(?:[ _]?code)?["'\]]{0,2}(?:[ :=]{1,3}| of )["']?([45]\d\d)\b/gi },
  // 422 Unprocessable Entity, (422: Unprocessable Entity), 404 (Not Found)
  { namespace: 'http', pattern: new RegExp(`\\b(?:${statusPhrases})(\\d{3})\\b`, 'g') },
  // What the requests of Python raise: 401 Client Error: Unauthorized for url
  { namespace: 'http', pattern: /\b([45]\d\d) (?:Client|Server) Error\b/g },
  // Error 429: too many calls
  { namespace: 'http', pattern: /\berror:? ([45]\d\d):/gi },
  // code=422, Response code = 500, "code": 401
  {
    namespace: 'http',
    pattern: new RegExp(
      `${otherCodes}\\b(?:(?:response|error|http)[ _-]?)?code(?:["']? ?= ?|["'] ?: ?|: )["']?([45]\\d\\d)\\b(?!["'] with)`,
      'gi',
    ),
  },
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
  // A reply of SMTP with its enhanced status (RFC 3463): 550 5.1.1 User unknown. Only those of
  // 5.1 and the first of 5.2 are about the recipient's address; x.2.2 is a full mailbox.
  {
    namespace: 'smtp',
    pattern:
      /\b(4\d\d[ -](?=4\.(?:2\.[013-9]|[013-9]\.\d)|4\.\d{2,3}\.\d)|5\d\d[ -](?=5\.(?:1\.\d|2\.[01]\b)))/g,
  },
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
