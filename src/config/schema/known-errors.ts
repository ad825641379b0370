import { z } from 'zod';
import { knownErrorSchema, knownErrorsFileSchema, responders } from '../../known-errors/catalogue.ts';
import type { JsonSchema } from './json-schema.ts';
import { name } from './values.ts';

/**
 * JSON Schema of a known errors file, for editors; generated from the schemas that read it. What cannot be decided from the
 * file alone is checked by `erp-exporter check`: whether a pattern is valid RE2, and whether responders and flows exist.
 */
export function knownErrorsJsonSchema(): JsonSchema {
  // Any name in place of the closed list: further responders are declared in another file, the configuration.
  const responder = z.toJSONSchema(z.union([z.enum(responders), name]));
  return {
    ...z.toJSONSchema(knownErrorsFileSchema.extend({ errors: z.array(knownErrorSchema(responders)) }), {
      io: 'input',
      override: ({ jsonSchema, path }) => {
        if (path.at(-1) !== 'responder') return;
        delete jsonSchema.type;
        delete jsonSchema.enum;
        Object.assign(jsonSchema, { anyOf: responder.anyOf });
      },
    }),
    title: 'Known errors of erp-exporter',
  } as JsonSchema;
}
