/** A schema, or a greater part of an OpenAPI document. */
export type Json = Readonly<Record<string, unknown>>;
