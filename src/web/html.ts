/** What may stand in a template: text is escaped, `Html` is taken as it is, a list is its items one after another. */
export type HtmlValue = Html | string | number | readonly HtmlValue[];

/**
 * Markup that is safe to send. Only `html` makes it, so that no text from outside becomes markup by mistake.
 */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }

  /** What `html` is; here, because nothing else may call the constructor. */
  static readonly template = (literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html => {
    let place: Place = 'text';
    let markup = '';
    for (const [index, literal] of literals.entries()) {
      place = placeAfter(literal, place);
      const isLast = index === literals.length - 1;
      if (isLast ? place !== 'text' : place === 'tag' || place === 'raw')
        throw new Error(
          `a value must stand in text or between double quotes, and tags must be closed: ${literal}`,
        );
      markup += isLast ? literal : literal + toMarkup(values[index] ?? '', place);
    }
    return new Html(markup);
  };
}

/**
 * Writes HTML: html`<td title="${text}">${text}</td>`. Every value that is not `Html` itself is escaped.
 *
 * @throws Error when a value stands where escaping does not help (in a tag outside of double quotes, in a script or style),
 *   and when the template ends amid a tag.
 */
export const html = Html.template;

/** A link, or `text` alone when `address` is neither a web address nor a path: a browser would run `javascript:`. */
export function link(address: string, text: string): Html {
  const isSafe = /^https?:\/\//i.test(address) || /^\/(?![/\\])/.test(address);
  return isSafe ? html`<a href="${address}">${text}</a>` : html`${text}`;
}

function toMarkup(value: HtmlValue, place: Place): string {
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  // Between quotes even markup is but a text.
  if (value instanceof Html) return place === 'quoted' ? escapeText(value.toString()) : value.toString();
  return value.map((item) => toMarkup(item, place)).join('');
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Where in a document the end of a literal is: in text, in a tag, between double quotes, in a script or style. */
type Place = 'text' | 'tag' | 'quoted' | 'raw';

function placeAfter(literal: string, before: Place): Place {
  let place = before;
  for (const [token] of literal.matchAll(/<\/?(?:script|style)\b|[<>"]/gi)) {
    if (place === 'quoted') place = token === '"' ? 'tag' : 'quoted';
    else if (place === 'tag') place = token === '"' ? 'quoted' : token === '>' ? 'text' : 'tag';
    else if (place === 'raw') place = token.startsWith('</') ? 'tag' : 'raw';
    else if (/^<(?:script|style)/i.test(token)) place = 'raw';
    else if (token === '<' || token.startsWith('</')) place = 'tag';
  }
  return place;
}
