import type { ReportDocument, Section } from './document.ts';
import type { Cell } from './document-flows.ts';

/** Longest line of a sentence. */
const lineWidth = 100;

/** Control characters could move the cursor of a terminal or start a line of their own; what turns the direction of text could hide some. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu;
const clean = (text: string): string => text.replaceAll(unprintable, ' ');

/** Lines of words. @param first what the first line begins with. @param indent what the others begin with. */
function wrapped(text: string, first = '', indent = first): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of clean(text).split(' ')) {
    if (!isEmpty && line.length + word.length + 1 > lineWidth) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** One row below another: a table as wide as all its columns would not fit a mail. */
function rowLines(head: readonly string[], [first, ...cells]: readonly Cell[]): readonly string[] {
  const labels = head.slice(1);
  const width = Math.max(...labels.map((label) => label.length)) + 1;
  const shown = cells.flatMap(({ text }, index) => {
    const label = `  ${`${labels[index] ?? ''}:`.padEnd(width)} `;
    return text === '–' ? [] : wrapped(text, label, ' '.repeat(label.length));
  });
  return [...wrapped(first?.text ?? ''), ...shown];
}

function sectionLines({ title, head, rows, notes }: Section): readonly string[] {
  return [
    '',
    title.toUpperCase(),
    ...rows.flatMap((row) => rowLines(head, row)),
    ...notes.flatMap((note) => wrapped(note)),
  ];
}

/** Reports as plain text, for terminals and mails. */
export function reportText(documents: readonly ReportDocument[]): string {
  return documents
    .map(({ title, period, lead, sections, notCovered }) =>
      [
        clean(title),
        '='.repeat(title.length),
        clean(period),
        '',
        ...lead.flatMap(({ text }) => wrapped(text)),
        ...sections.flatMap(sectionLines),
        '',
        notCovered.title.toUpperCase(),
        ...notCovered.lines.flatMap((line) => wrapped(line, '- ', '  ')),
        '',
      ].join('\n'),
    )
    .join('\n\n');
}
