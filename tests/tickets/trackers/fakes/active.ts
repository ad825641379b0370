import MarkdownIt from 'markdown-it';

const marker = 'erp-exporter: [A-Za-z0-9-]+';

/** What would do something in Markdown, as GitHub, GitLab and Gitea read it: all but blocks of code and our own comment. */
export function activeInMarkdown(text: string): readonly string[] {
  const tokens = new MarkdownIt({ html: true, linkify: true }).parse(text, {});
  const comment = new RegExp(`^<!--\\n${marker}\\n-->\\n?$`);
  return tokens
    .filter(({ type, content }) => type !== 'fence' && !(type === 'html_block' && comment.test(content)))
    .map(({ type, content }) => `${type}: ${content}`);
}

/**
 * GitLab's quick actions: commands at the beginning of a line, but for blocks that begin with three backticks and end with a line
 * of three.
 */
export function quickActionsIn(text: string): readonly string[] {
  const outside = text.replaceAll(/^```[^]+?\n```[ \t]*$/gm, '');
  return [...outside.matchAll(/^[ \t]*\/([A-Za-z_]+)/gm)].map(([found]) => `quick action: ${found}`);
}

/** What would do something in a title: mentions, references, tags. */
export function activeInTitle(title: string): readonly string[] {
  return [...title.matchAll(/[@#!&~%$][\w"]|<\/?[A-Za-z!]|:[a-z]+:|\]\(/g)].map(
    ([found]) => `title: ${found}`,
  );
}

/** Jira's wiki markup: one block of preformatted text, and our own line. */
export function activeInWiki(text: string): readonly string[] {
  const rest = text.replace(/^\{noformat\}\n[^]*?\n\{noformat\}\n\n/, '');
  return new RegExp(`^${marker}$`).test(rest) ? [] : [`wiki: ${rest}`];
}

/** A document of Jira Cloud: paragraphs of text alone, without marks. */
export function activeInAdf(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return ['no node'];
  const { type, content, text, version, ...others } = node as Readonly<Record<string, unknown>>;
  const isKnown = ['doc', 'paragraph', 'text', 'hardBreak'].includes(String(type));
  const own =
    !isKnown || Object.keys(others).length > 0 || (type === 'text' && text === '') ? [String(type)] : [];
  if ((type === 'doc') !== (version === 1)) return ['no document'];
  return [...own, ...(Array.isArray(content) ? content : []).flatMap((part: unknown) => activeInAdf(part))];
}
