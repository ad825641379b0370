/** The end of a list: whole, or cut at a bound. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly isWhole: boolean;
}

/** More pages than a ticket's history or a bridge's tickets fill. */
const mostPages = 50;

/**
 * All items of a list that comes in pages.
 * @param page gives the items of a page, the first is 1; fewer than `size` are the last ones
 * @param key of an item: a server that gives every page the same list ends it too
 */
export async function collect<Item>(
  page: (number: number) => Promise<readonly Item[]>,
  size: number,
  key: (item: Item) => string | number,
): Promise<Listed<Item>> {
  const seen = new Map<string | number, Item>();
  for (let number = 1; number <= mostPages; number += 1) {
    const items = await page(number);
    const known = seen.size;
    for (const item of items) seen.set(key(item), item);
    if (items.length < size || seen.size === known) return { items: [...seen.values()], isWhole: true };
  }
  return { items: [...seen.values()], isWhole: false };
}
