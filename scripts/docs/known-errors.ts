import { formatDuration } from '../../src/duration.ts';
import { retryWaitMs } from '../../src/known-errors/catalogue.ts';
import type { Catalogue, KnownError } from '../../src/known-errors/catalogue.ts';

const introduction = `# Known errors

Generated from \`config/known-errors.yml\` with \`npm run generate\`; do not edit. Titles, explanations and actions exist in
English, Dutch, German and French; this page shows the English ones.

## How errors are recognised

\`erp-exporter explain "text or code"\` shows which entry matches an error, and why.

- **What is read**: of a stack trace the part that says most, wherever it is: the last exception of Python, the innermost cause of
  Java, Node, .NET, PHP and Ruby; then, if that is unknown, the exceptions around it. Frames are ignored. Of any other text, the
  first 4,096 characters, then the last 4,096. Of a text longer than 64 kB, the first and the last 32 kB are read.
- **Order**: codes first, because they are the same in every language; then \`patterns\`; then \`wide\` patterns, for texts that
  fit none of the others; last the codes that say less than the text may: the HTTP statuses 400, 401, 403, 409, 422, 500, 502
  and 503, in which web services wrap errors that the text describes better, and the codes of Node, which say how a connection
  failed, not whose. In each of the four passes the first entry of the file wins.
- **Codes** have a namespace, such as \`sqlstate:40P01\` or \`mssql:1205\`. They are read from the column \`code\`, and from a text in
  which they are marked as codes (\`HTTP 429\`, \`status code 429\`, \`429 Too Many Requests\`, \`Error 429:\`, \`code=429\`, \`SQLSTATE[40001]\`, \`Msg 1205, Level 13\`, \`ERROR 1213 (40001)\`,
  \`ODBC -2028\`, \`Message no. V1150\`, \`550 5.1.1\`, \`ECONNREFUSED\`). A bare number in a text is never a code. In the column
  \`code\` a bare 400 to 599 is an HTTP status, \`40P01\` a SQLSTATE, \`V1/150\` an SAP message; any other number needs its
  namespace.
- **Patterns** are RE2, case-insensitive. They are applied with line breaks replaced by single spaces, then with the words of
  names apart: \`INSUFFICIENT_FUNDS\` is read as "insufficient funds", too.
- **Own entries**: \`known_errors_file\` in the configuration names a file of the same form. Its codes and patterns are tried
  before those below; \`flows: [orders]\` limits an entry to flows; an entry with the id of one below replaces it. A text that is
  the same in all languages needs no \`en:\`. Editors with a YAML language server complete and check a file that starts with
  \`# yaml-language-server: $schema=./known-errors.schema.json\`, if \`config/known-errors.schema.json\` is in the same directory;
  \`erp-exporter check\` also checks the patterns, and that the configuration has the responders and flows.
- **How well**: of 98 texts drawn at random from published messages and shown to the catalogue for the first time, 82 % got
  the right class and 3.1 % a wrong one; the rest was unknown. That misses the goal of 85 % and 2 %. Half of them were then used
  to improve it; of the 49 others 86 % are right and 2.0 % wrong now. Of the 576 texts of five earlier collections that no
  pattern was written for, 95 % are right and 1.2 % wrong, but these figures were watched while patterns were written: expect
  less of other texts.
- **Unknown errors** get an id with a fingerprint, \`unknown-\` and 12 hexadecimal digits: errors that differ only in numbers,
  dates, quoted names, addresses or links share it, and so do stack traces that end in the same exception.

Every entry raises \`ErpRecordFailed\` with its first responder, one that a retry usually resolves when the wait for the retry is over (\`retry_wait\` of a monitor); \`ErpMassFailure\` takes over when many records fail.
`;

/** The interface that an error comes from, by the namespace of its codes. */
const interfaces: Readonly<Record<string, string>> = {
  http: 'HTTP API',
  node: 'network',
  sqlstate: 'SQL database',
  mssql: 'SQL Server',
  mysql: 'MySQL',
  sap: 'SAP',
  b1: 'SAP Business One',
  x3: 'Sage X3',
  netsuite: 'NetSuite',
  smtp: 'mail server',
};

function interfacesOf({ codes, flows, patterns, wide = [] }: KnownError): string {
  const named = codes.map((code) => {
    const namespace = code.slice(0, code.indexOf(':'));
    return interfaces[namespace] ?? namespace;
  });
  const all = [...(patterns.length + wide.length > 0 ? ['any, by its text'] : []), ...new Set(named)].join(
    ', ',
  );
  return flows.length === 0 ? all : `${all} (flows ${flows.join(', ')})`;
}

function cell(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\|*_`<>[\]]/g, (character) => `\\${character}`);
}

function rowOf(entry: KnownError): string {
  const { id, title, example, explanation, action, responder, retryable, codes } = entry;
  const cells = [
    `**${cell(title.en)}** \`${id}\``,
    cell(interfacesOf(entry)),
    cell(example),
    `${cell(explanation.en)}${retryable ? ` Usually resolved by a retry, which alerts wait ${formatDuration(retryWaitMs(entry))} for.` : ''}`,
    cell(action.en),
    codes.map((code) => `\`${code}\``).join(' '),
    '`ErpRecordFailed`',
    `\`${responder}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

const columns = [
  'error',
  'interface',
  'example',
  'explanation',
  'action',
  'codes',
  'alert',
  'first responder',
];

/** docs/known-errors.md: one table per category, in the order of the catalogue. */
export function knownErrorsMarkdown({ errors }: Catalogue): string {
  const categories = [...new Set(errors.map(({ category }) => category))];
  const sections = categories.map((category) =>
    [
      `## \`${category}\`\n`,
      `| ${columns.join(' | ')} |`,
      `| ${columns.map(() => '---').join(' | ')} |`,
      ...errors.filter((entry) => entry.category === category).map(rowOf),
      '',
    ].join('\n'),
  );
  return [introduction, ...sections].join('\n');
}
