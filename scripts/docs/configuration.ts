import { durationExample } from '../../src/duration.ts';
import { columnRows } from '../../src/commands/support/column-list.ts';
import type { ColumnSpec, MonitorKind } from '../../src/monitors/contract.ts';
import { configJsonSchema } from '../../src/config/schema/json-schema.ts';
import type { JsonSchema } from '../../src/config/schema/json-schema.ts';
import { commonKeys } from '../../src/config/schema/monitor.ts';

/** One row of the tables of keys. */
interface KeyRow {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
  readonly example: string;
}

const introduction = `# Configuration

Generated from the sources with \`npm run generate\`; do not edit. \`config/erp-exporter.example.yml\` is a complete
example. Editors with a YAML language server complete and check a file that starts with
\`# yaml-language-server: $schema=./erp-exporter.schema.json\`, if the schema is in the same directory.

\`erp-exporter check\` reports all problems of a file at once, as \`file:line:column: path: what is wrong and what to do\`. With
\`--connect\` it also checks that every database answers, that the login can only read, that each query returns the columns
that its monitor needs, and that a run of each monitor succeeds.

- **Variables**: \`\${NAME}\` in a value is replaced by the environment variable; \`$\${\` stands for a literal \`\${\`. A variable can
  never change the structure of the file, whatever it contains. Inside \`{ }\` and \`[ ]\` YAML requires quotes around it. Queries
  (\`canary\` and the SQL of each kind) are left as they are, because \`$\` has a meaning in SQL.
- **Anchors**: a key at the top level that begins with \`x-\` stands for nothing itself, such as \`x-late: &late { warning: 30m }\`
  for \`late_after: *late\`; \`<<\` merges mappings.
- **Files**: \`password_file\`, \`url_file\` and \`tls_…_file\` name files that contain a value; a newline at the end is dropped.
- **Durations**: ${durationExample}; units \`w d h m s ms\`, largest first. A plain \`0\` needs no unit.
- **Queries** may use \`:company\`, \`:now\` and \`:today\` (the start of the company's day); they are bound as values, never pasted as text.
- **Columns**: a query returns them by alias, in any order; \`erp-exporter columns KIND\` prints the tables below. A *time* is a timestamp
  with or without a zone, or a number of seconds since 1970; dates that systems write for "none" (0001-01-01, 1753-01-01, 1900-01-01,
  1970-01-01, 9999-12-31, infinity) are read as NULL.
- **References**: the name of a database, calendar, company or responder must be that of an entry of its section.
`;

function typeOf(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title;
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return [...new Set(forms.map(typeOf))].join(' or ');
  if (schema.contentMediaType === 'application/sql') return 'SQL';
  if (schema.const !== undefined) return code(yamlOf(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  const [type] = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const names: Readonly<Record<string, string>> = { string: 'text', object: 'mapping', null: 'nothing' };
  return names[type ?? ''] ?? type ?? 'anything';
}

/** A value in the flow style of YAML. @param isInner it is inside brackets, where more texts need quotes. */
function yamlOf(value: unknown, isInner = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => yamlOf(item, true)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${yamlOf(item, true)}`);
    return `{ ${entries.join(', ')} }`;
  }
  const plain = isInner ? /^[\w/][\w./@-]*$/ : /^[\w/$][\w./@:${}-]*$/;
  return typeof value === 'string' && plain.test(value) && Number.isNaN(Number(value))
    ? value
    : JSON.stringify(value);
}

function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('|', '\\|').replaceAll('\n', ' ')}\``;
}

function fallbackOf(schema: JsonSchema, isRequired: boolean): string {
  if (isRequired) return 'required';
  const given = schema.default;
  const isEmpty = typeof given === 'object' && given !== null && Object.keys(given).length === 0;
  return given === undefined || isEmpty ? '–' : code(yamlOf(given));
}

/** The mapping below a key: the value itself, the items of a list, or one of several forms. */
function mappingIn(schema: JsonSchema): { readonly schema: JsonSchema; readonly suffix: string } | undefined {
  if (schema.properties !== undefined) return { schema, suffix: '' };
  if (schema.items !== undefined) {
    const found = mappingIn(schema.items);
    return found && { schema: found.schema, suffix: `[]${found.suffix}` };
  }
  return (schema.anyOf ?? schema.oneOf ?? []).map(mappingIn).find((found) => found !== undefined);
}

/** The mapping of each entry of a mapping by name, where all are alike. */
function namedIn({ additionalProperties: entry }: JsonSchema): ReturnType<typeof mappingIn> {
  const isAlike = entry !== undefined && entry !== false && entry.properties !== undefined;
  return isAlike ? { schema: entry, suffix: '.<name>' } : undefined;
}

function rowsOf(schema: JsonSchema, prefix = ''): KeyRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = `${prefix}${name}`;
    const row = {
      key,
      type: typeOf(property),
      fallback: fallbackOf(property, schema.required?.includes(name) ?? false),
      meaning: property.description ?? '',
      example: property.examples?.[0] === undefined ? '' : yamlOf(property.examples[0]),
    };
    const below = mappingIn(property) ?? namedIn(property);
    return [row, ...(below === undefined ? [] : rowsOf(below.schema, `${key}${below.suffix}.`))];
  });
}

function table(rows: readonly KeyRow[]): string {
  const lines = rows.map(
    ({ key, type, fallback, meaning, example }) =>
      `| ${code(key)} | ${type} | ${fallback} | ${meaning.replaceAll('|', '\\|')} | ${code(example)} |`,
  );
  return ['| key | type | default | meaning | example |', '| --- | --- | --- | --- | --- |', ...lines].join(
    '\n',
  );
}

function section(title: string, text: string, rows: readonly KeyRow[]): string {
  return `## ${title}\n\n${text === '' ? '' : `${text}\n\n`}${table(rows)}\n`;
}

/** The mapping of one entry of a section such as `databases`. */
function entryOf(section: JsonSchema): JsonSchema {
  const entry = section.additionalProperties === false ? undefined : section.additionalProperties;
  return (entry && mappingIn(entry)?.schema) ?? {};
}

/** The top-level keys, one row each. */
function topLevelSection(root: Readonly<Record<string, JsonSchema>>, required: readonly string[]): string {
  const rows = Object.entries(root).flatMap(([name, schema]) =>
    rowsOf({ properties: { [name]: schema }, required }).slice(0, 1),
  );
  return section('Top level', '', rows);
}

/** A section for the entries of each top-level key that is a mapping by name, such as `databases`. */
function entrySections(root: Readonly<Record<string, JsonSchema>>): readonly string[] {
  return Object.entries(root)
    .filter(
      ([, schema]) => schema.additionalProperties !== undefined && schema.additionalProperties !== false,
    )
    .map(([name, schema]) =>
      section(`\`${name}.<name>\``, schema.description ?? '', rowsOf(entryOf(schema))),
    );
}

/** A section for each other top-level key that is a mapping or a list of mappings, except defaults and monitors. */
function otherSections(root: Readonly<Record<string, JsonSchema>>): readonly string[] {
  return Object.entries(root).flatMap(([name, schema]) => {
    const found = name === 'defaults' || name === 'monitors' ? undefined : mappingIn(schema);
    if (found === undefined) return [];
    return [section(code(`${name}${found.suffix}`), schema.description ?? '', rowsOf(found.schema))];
  });
}

/** A section with the keys of every monitor, and one with the own keys of each kind. */
function monitorSections(
  root: Readonly<Record<string, JsonSchema>>,
  kinds: readonly MonitorKind[],
): readonly string[] {
  const monitors = root['monitors']?.items;
  const forms = monitors?.oneOf ?? monitors?.anyOf ?? [];
  const common = new Set([...Object.keys(commonKeys), 'kind']);
  const isCommon = ({ key }: KeyRow) => common.has(key.split('.')[0] ?? '');
  const inherited = new Set(Object.keys(root['defaults']?.properties ?? {}));
  const commonRows = rowsOf(forms[0] ?? {})
    .filter((row) => isCommon(row) && row.key !== 'kind')
    .map((row) => (inherited.has(row.key) ? { ...row, fallback: 'that of `defaults`' } : row));
  return [
    section('`monitors[]`, of every kind', '', [kindRow(kinds), ...commonRows]),
    ...kinds.flatMap(({ kind, description, columns = {} }, index) => [
      section(
        `\`monitors[]\` of kind \`${kind}\``,
        description,
        rowsOf(forms[index] ?? {}).filter((row) => !isCommon(row)),
      ),
      ...Object.entries(columns).map(([key, specs]) => columnSection(kind, key, specs)),
    ]),
  ];
}

/** What a query of a kind must or may return. */
function columnSection(kind: string, key: string, specs: readonly ColumnSpec[]): string {
  const lines = columnRows(specs).map(
    ([name, holds, need, description]) => `| ${code(name)} | ${holds} | ${need} | ${description} |`,
  );
  const head = ['| column | holds | | meaning |', '| --- | --- | --- | --- |'];
  return `### Columns of \`${key}\` of kind \`${kind}\`\n\n${[...head, ...lines].join('\n')}\n`;
}

function kindRow(kinds: readonly MonitorKind[]): KeyRow {
  return {
    key: 'kind',
    type: kinds.map(({ kind }) => code(kind)).join(', '),
    fallback: 'required',
    meaning: 'Kind of the monitor; see below for the keys of each.',
    example: kinds[0]?.kind ?? '',
  };
}

/** docs/configuration.md: every key with its type, default, meaning and an example, generated from the schemas that read it. */
export function configurationMarkdown(kinds: readonly MonitorKind[]): string {
  const { properties: root = {}, required = [] } = configJsonSchema(kinds);
  const defaults = root['defaults'];
  return [
    introduction,
    topLevelSection(root, required),
    ...entrySections(root),
    ...otherSections(root),
    section('`defaults`', defaults?.description ?? '', rowsOf(defaults ?? {})),
    ...monitorSections(root, kinds),
  ].join('\n');
}
