import { buildCatalogue, knownErrorSchema, responders } from '../../src/known-errors/catalogue.ts';
import type { Catalogue } from '../../src/known-errors/catalogue.ts';

/** An entry as a file holds it; what a test does not name is filled in. */
export type Given = { readonly id: string } & Readonly<Record<string, unknown>>;

const parse = (given: Given) =>
  knownErrorSchema(responders).parse({
    category: 'validation',
    responder: 'erp_partner',
    title: given.id,
    action: 'Repair it.',
    ...given,
  });

/** A catalogue of entries that are right. */
export function catalogueOf(shipped: readonly Given[], own: readonly Given[] = []): Catalogue {
  return buildCatalogue(shipped.map(parse), own.map(parse));
}
