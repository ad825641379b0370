import { plain } from './markup.ts';

/** A node of the Atlassian Document Format: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ */
export interface AdfNode {
  readonly type: string;
  readonly version?: number;
  readonly text?: string;
  readonly content?: readonly AdfNode[];
}

/** Deeper than any text that the bridge writes. */
const mostDepth = 8;

function paragraph(text: string): AdfNode {
  const content = text
    .split('\n')
    .flatMap((line): readonly AdfNode[] => [
      { type: 'hardBreak' },
      ...(line === '' ? [] : [{ type: 'text', text: line }]),
    ])
    .slice(1);
  return { type: 'paragraph', content };
}

/** A document with the text, in which nothing is read, and below it a line of ours. */
export function adf(text: string, below: string): AdfNode {
  return { type: 'doc', version: 1, content: [paragraph(plain(text)), paragraph(below)] };
}

/** The text of a document, or of a part of it; anything else has none. */
export function textOfAdf(node: unknown, depth = 0): string {
  if (typeof node !== 'object' || node === null || depth > mostDepth) return '';
  const { type, text, content } = node as Readonly<Record<string, unknown>>;
  if (type === 'text') return typeof text === 'string' ? text : '';
  if (type === 'hardBreak') return '\n';
  const parts = Array.isArray(content) ? content.map((part: unknown) => textOfAdf(part, depth + 1)) : [];
  return parts.join(type === 'doc' ? '\n' : '');
}
