import { Parser } from 'htmlparser2';

/** What shows text and does nothing. */
const harmless = new Set(['p', 'pre', 'br', 'div', 'span', 'code', 'b', 'strong', 'em', 'i']);
const harmlessAttributes = new Set(['class', 'id', 'style']);

/** Elements of a piece of HTML that do something when it is shown or clicked: `<a href="…">`, `<img>`, `<pre onclick>`. */
export function activeElements(html: string): string[] {
  const found: string[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => {
      const odd = Object.keys(attributes).filter((attribute) => !harmlessAttributes.has(attribute));
      if (!harmless.has(name) || odd.length > 0) found.push(`<${name} ${JSON.stringify(attributes)}>`);
    },
    oncomment: (text) => void found.push(`<!--${text}-->`),
  });
  parser.end(html);
  return found;
}
