/**
 * A text in PromQL, between quotation marks. Its escapes are those of Go, which has all of JSON's but `\/`, which is never written,
 * and no halves of characters.
 */
export function quote(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** What picks series by the values of their labels, to stand between braces. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(',');
}
