import type { Catalogue, KnownError } from '../../src/known-errors/catalogue.ts';

const introduction = `# Known errors

Generated from \`config/known-errors.yml\` with \`npm run generate\`; do not edit. Titles, explanations and actions are there in
English, Dutch, German and French; this page shows the English ones.

## How an error is recognised

\`erp-exporter explain "text or code"\` shows which entry an error belongs to and why.

- **Order**: codes first, as they are the same in every language; then texts; last the statuses HTTP 400, 401, 403, 409, 422,
  500, 502 and 503, in which web services wrap what the text tells better. Within each of the three the first entry of the
  file wins.
- **Codes** bear a namespace, such as \`sqlstate:40P01\` or \`mssql:1205\`. They come from the column \`code\`, and from a text where
  it says what they are (\`HTTP 429\`, \`status code 429\`, \`SQLSTATE[40001]\`, \`Msg 1205, Level 13\`, \`ERROR 1213 (40001)\`,
  \`ODBC -2028\`, \`Message no. V1150\`, \`550 5.1.1\`, \`ECONNREFUSED\`). A bare number in a text is never a code. In the column
  \`code\` a bare 400 to 599 is a status of HTTP, \`40P01\` a SQLSTATE, \`V1/150\` a message of SAP; any other number needs its
  namespace.
- **Patterns** are RE2, case-insensitive. They see the first 4 kB of a text, with single spaces in place of line breaks.
- **Own entries**: \`known_errors_file\` in the configuration names a file of the same form. Its codes and patterns are tried
  before those below; \`flows: [orders]\` limits an entry to flows; one with the id of an entry below replaces it. A text that is
  the same for all languages needs no \`en:\`. Editors with a YAML language server complete and check a file that begins with
  \`# yaml-language-server: $schema=./known-errors.schema.json\`, the schema (\`config/known-errors.schema.json\`) lying beside it;
  \`erp-exporter check\` also tells whether the patterns are good and whether the configuration has the responders and flows.
- **Unknown errors** get an id made of a fingerprint, \`unknown-\` and 12 hexadecimal digits: errors that differ only in numbers,
  dates, quoted names, addresses or links share it.

Every entry raises \`ErpRecordFailed\` with its first responder; \`ErpMassFailure\` takes over when many records fail.
`;

/** What the namespaces of codes tell of where an error comes from. */
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

function interfacesOf({ codes, flows, patterns }: KnownError): string {
  const named = codes.map((code) => {
    const namespace = code.slice(0, code.indexOf(':'));
    return interfaces[namespace] ?? namespace;
  });
  const all = [...(patterns.length > 0 ? ['any, by its text'] : []), ...new Set(named)].join(', ');
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
    `${cell(explanation.en)}${retryable ? ' Mostly gone after a retry.' : ''}`,
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

/** The page docs/known-errors.md: one table for each category, in the order of the catalogue. */
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
