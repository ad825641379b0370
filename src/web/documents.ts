import { readFileSync, readdirSync } from 'node:fs';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';

/** A document, as the body of a page. */
export interface Document {
  /** Below the route of documents. */
  readonly name: string;
  readonly title: string;
  /** Markup of our own: whatever else stands in the text is escaped. */
  readonly html: string;
}

/** The Markdown of every document, by its name. Comments, which mark what is generated, are nothing to read. */
function sourceTexts(): ReadonlyMap<string, string> {
  const text = (file: URL): string => readFileSync(file, 'utf8').replaceAll(/^<!--.*-->\n/gm, '');
  const folder = new URL('../../docs/', import.meta.url);
  const names = readdirSync(folder).filter((file) => file.endsWith('.md'));
  return new Map([
    ...names.map((file) => [file.slice(0, -'.md'.length), text(new URL(file, folder))] as const),
    ['runbook', text(new URL('../../alerts/runbook.md', import.meta.url))] as const,
  ]);
}

/** A head that heads nothing is a plain cell: a screen reader would announce it for each cell below. */
function leaveEmpty(...cell: readonly (Token | undefined)[]): void {
  for (const token of cell) if (token !== undefined) token.tag = 'td';
}

function titleOf(text: string, name: string): string {
  return /^# (.*)$/m.exec(text)?.[1] ?? name;
}

/**
 * The documentation that the package brings, alerts/runbook.md included. Texts are read once; what is asked for is rendered
 * then, and kept. Markup within the Markdown is escaped, and links lead to other documents or to the web.
 */
export class Documents {
  readonly #sources: ReadonlyMap<string, string>;
  readonly #rendered = new Map<string, Document>();
  readonly #markdown = new MarkdownIt({ html: false }).disable('image');

  /** @param sources Markdown by name; absent: what the package brings. */
  constructor(sources: ReadonlyMap<string, string> = sourceTexts()) {
    this.#sources = sources;
  }

  /** Name and title of each, by title. */
  get list(): readonly Pick<Document, 'name' | 'title'>[] {
    const all = [...this.#sources].map(([name, text]) => ({ name, title: titleOf(text, name) }));
    return all.sort((one, other) => one.title.localeCompare(other.title, 'en'));
  }

  /** The document of a name; undefined when there is none. */
  find(name: string): Document | undefined {
    const text = this.#sources.get(name);
    if (text === undefined) return undefined;
    const known = this.#rendered.get(name);
    if (known !== undefined) return known;
    const document = { name, title: titleOf(text, name), html: this.#render(text) };
    this.#rendered.set(name, document);
    return document;
  }

  #render(text: string): string {
    const tokens = this.#markdown.parse(text, {});
    const slugger = new GithubSlugger();
    for (const [index, token] of tokens.entries()) {
      if (token.type === 'heading_open') token.attrSet('id', slugger.slug(tokens[index + 1]?.content ?? ''));
      // Columns are aligned by a style within the element, which our Content-Security-Policy forbids.
      if (token.type === 'th_open' || token.type === 'td_open') token.attrs = null;
      // What is wider than the window is scrolled, by the keyboard too.
      if (token.type === 'table_open') token.attrSet('tabindex', '0');
      if (token.type === 'th_open' && tokens[index + 1]?.content === '') leaveEmpty(token, tokens[index + 2]);
      for (const child of token.children ?? []) if (child.type === 'link_open') this.#lead(child);
    }
    const html = this.#markdown.renderer.render(tokens, this.#markdown.options, {});
    return html.replaceAll('&lt;br&gt;', '<br>');
  }

  /** Lets a link lead to where its document is served; what is served nowhere is no link. */
  #lead(link: Token): void {
    const href = String(link.attrGet('href') ?? '');
    if (/^(?:https?:\/\/|#)/.test(href)) return;
    const [, name = '', anchor = ''] = /^(?:\.\.\/)?(?:[\w-]+\/)*([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
    if (this.#sources.has(name)) link.attrSet('href', `${name}${anchor}`);
    else link.attrs = null;
  }
}
