import { z } from 'zod';
import type { MonitorKind } from '../../monitors/contract.ts';
import type { Path } from '../source/path.ts';
import { configSchema } from './file.ts';

/** The parts of a JSON Schema that this program reads. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | false;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly contentMediaType?: string;
}

const variable = '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$';

/** JSON Schema of the configuration file, for editors; generated from the schemas that read it. */
export function configJsonSchema(kinds: readonly MonitorKind[]): JsonSchema {
  return {
    ...z.toJSONSchema(configSchema(kinds), {
      io: 'input',
      override: ({ zodSchema, jsonSchema }) => {
        // zod omits the examples of transformed values, because it cannot know that they are examples of the input.
        const examples = z.globalRegistry.get(zodSchema)?.['examples'];
        if (Array.isArray(examples)) jsonSchema.examples = examples;
        const { type } = jsonSchema;
        if (type !== 'integer' && type !== 'number' && type !== 'boolean') return;
        // `${NAME}` is allowed in place of a number or boolean; an editor must not report it as an error.
        Object.assign(jsonSchema, { type: [type, 'string'], pattern: variable });
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      },
    }),
    patternProperties: { '^x-': {} },
    title: 'Configuration of erp-exporter',
  } as JsonSchema;
}

/** Whether the value at `path` below `schema` may be an SQL statement. */
export function holdsSql(schema: JsonSchema, path: Path): boolean {
  const forms = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (forms.some((form) => holdsSql(form, path))) return true;
  const [head, ...rest] = path;
  if (head === undefined) return schema.contentMediaType === 'application/sql';
  const below =
    typeof head === 'number'
      ? schema.items
      : (schema.properties?.[head] ?? (schema.additionalProperties || undefined));
  return below !== undefined && holdsSql(below, rest);
}
