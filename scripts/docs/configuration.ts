import { durationExample } from '../../src/duration.ts';
import type { MonitorKind } from '../../src/monitors/contract.ts';
import { configJsonSchema } from '../../src/config/schema/json-schema.ts';
import type { JsonSchema } from '../../src/config/schema/json-schema.ts';
import { commonKeys } from '../../src/config/schema/monitor.ts';

/** One key, as the tables show it. */
interface KeyRow {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
  readonly example: string;
}

const introduction = `# Configuration

Generated from the sources with \`npm run generate\`; do not edit. \`config/erp-exporter.example.yml\` is an example of
everything. Editors with a YAML language server complete and check a file that begins with
\`# yaml-language-server: $schema=./erp-exporter.schema.json\`, the schema lying beside it.

\`erp-exporter check\` reports everything that is wrong with a file at once, as \`file:line:column: path: what is wrong and
what to do\`. With \`--connect\` it also asks every database: whether it answers, whether the login can do more than read,
and whether each query returns the columns that its monitor needs.

- **Variables**: \`\${NAME}\` in a value is replaced by the environment variable; \`$\${\` stands for a plain \`\${\`. A value can
  never change the structure of the file, whatever it holds. Within \`{ }\` and \`[ ]\` YAML wants quotes around it. Queries
  (\`canary\` and the SQL of each kind) are left as they are, as SQL has uses for \`$\`.
- **Files**: \`password_file\`, \`url_file\` and \`tls_…_file\` name files that hold a value; a newline at the end is dropped.
- **Durations**: ${durationExample}; units \`w d h m s ms\`, largest first. A plain \`0\` needs no unit.
- **Queries** may use \`:company\`, \`:now\` and \`:today\` (the start of the company's day); they are bound, never pasted.
- **References**: a key that names a database, calendar, company or responder names an entry of its section.
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

/** A value in the flow style of YAML; `isInner`: within brackets, where more texts want quotes. */
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

/** What stands below a key: the mapping itself, or that of a list's items or of one of several forms. */
function mappingIn(schema: JsonSchema): { readonly schema: JsonSchema; readonly suffix: string } | undefined {
  if (schema.properties !== undefined) return { schema, suffix: '' };
  if (schema.items !== undefined) {
    const found = mappingIn(schema.items);
    return found && { schema: found.schema, suffix: `[]${found.suffix}` };
  }
  return (schema.anyOf ?? schema.oneOf ?? []).map(mappingIn).find((found) => found !== undefined);
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
    const below = mappingIn(property);
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

/** docs/configuration.md: every key with its type, default, meaning and an example, from the schemas that read it. */
export function configurationMarkdown(kinds: readonly MonitorKind[]): string {
  const { properties: root = {}, required = [] } = configJsonSchema(kinds);
  const top = Object.entries(root).map(([name, schema]) => ({ name, schema }));
  const monitors = root['monitors']?.items;
  const forms = monitors?.oneOf ?? monitors?.anyOf ?? [];
  const common = new Set([...Object.keys(commonKeys), 'kind']);
  const inherited = new Set(Object.keys(root['defaults']?.properties ?? {}));
  const [first = {}] = forms;
  const entries = top.filter(
    ({ schema }) => schema.additionalProperties !== undefined && schema.additionalProperties !== false,
  );
  const others = top.flatMap(({ name, schema }) => {
    const found = name === 'defaults' || name === 'monitors' ? undefined : mappingIn(schema);
    return found === undefined
      ? []
      : [{ title: `${name}${found.suffix}`, schema, rows: rowsOf(found.schema) }];
  });
  const isCommon = ({ key }: KeyRow) => common.has(key.split('.')[0] ?? '');
  const kindRow = {
    key: 'kind',
    type: kinds.map(({ kind }) => code(kind)).join(', '),
    fallback: 'required',
    meaning: 'What sort of check it is; see below for the keys of each.',
    example: kinds[0]?.kind ?? '',
  };
  return [
    introduction,
    section(
      'Top level',
      '',
      top
        .map(({ name, schema }) => rowsOf({ properties: { [name]: schema }, required })[0])
        .filter((row) => row !== undefined),
    ),
    ...entries.map(({ name, schema }) =>
      section(`\`${name}.<name>\``, schema.description ?? '', rowsOf(entryOf(schema))),
    ),
    ...others.map(({ title, schema, rows }) => section(code(title), schema.description ?? '', rows)),
    section('`defaults`', root['defaults']?.description ?? '', rowsOf(root['defaults'] ?? {})),
    section('`monitors[]`, of every kind', '', [
      kindRow,
      ...rowsOf(first)
        .filter((row) => isCommon(row) && row.key !== 'kind')
        .map((row) => (inherited.has(row.key) ? { ...row, fallback: 'that of `defaults`' } : row)),
    ]),
    ...kinds.map((kind, index) =>
      section(
        `\`monitors[]\` of kind \`${kind.kind}\``,
        kind.description,
        rowsOf(forms[index] ?? {}).filter((row) => !isCommon(row)),
      ),
    ),
  ].join('\n');
}
