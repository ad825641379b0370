import { z } from 'zod';
import { knownErrorSchema, knownErrorsFileSchema, responders } from '../../known-errors/catalogue.ts';
import type { JsonSchema } from './json-schema.ts';
import { name } from './values.ts';

/**
 * What a file of known errors may hold, for editors; made from the schemas that read it. What takes more than the file is left
 * to `erp-exporter check`: whether a pattern is one of RE2, and whether a responder or a flow is in the configuration.
 */
export function knownErrorsJsonSchema(): JsonSchema {
  // A text in place of the closed list alone: who else may act first is in another file.
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
