import { z } from 'zod';
import type { MonitorKind } from '../../monitors/contract.ts';
import type { Path } from '../source/path.ts';
import { configSchema } from './file.ts';

/** A JSON Schema as far as this program looks into one. */
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

/** What a file may hold, for editors; made from the schemas that read it. */
export function configJsonSchema(kinds: readonly MonitorKind[]): JsonSchema {
  return {
    ...z.toJSONSchema(configSchema(kinds), {
      io: 'input',
      override: ({ zodSchema, jsonSchema }) => {
        // zod leaves out the examples of what it transforms, as it cannot know that they are those of the input.
        const examples = z.globalRegistry.get(zodSchema)?.['examples'];
        if (Array.isArray(examples)) jsonSchema.examples = examples;
        const { type } = jsonSchema;
        if (type !== 'integer' && type !== 'number' && type !== 'boolean') return;
        // The text of a variable is read as what is wanted in its place; an editor must not call it wrong.
        Object.assign(jsonSchema, { type: [type, 'string'], pattern: variable });
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      },
    }),
    title: 'Configuration of erp-exporter',
  } as JsonSchema;
}

/** Whether a statement of SQL can stand at `path` below what `schema` describes. */
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
