import { renderToString } from 'preact-render-to-string';
import type { Line, Tone } from './document-coverage.ts';
import type { Cell } from './document-flows.ts';
import type { ReportDocument, Section } from './document.ts';

/** As the pages look, and with no address in it: nothing is loaded from anywhere. A text for each line. */
const style = [
  ':root { color-scheme: light dark;',
  '--paper: light-dark(#fff, #14181d); --ground: light-dark(#f3f4f6, #0d1013);',
  '--ink: light-dark(#1b1f24, #e6e9ec); --quiet: light-dark(#57606a, #a5adb8); --line: light-dark(#d5d9de, #343b44);',
  '--ok: light-dark(#18713a, #7fd49a); --warning: light-dark(#8a5a00, #f2c55c); --critical: light-dark(#b3261e, #ff9d94);',
  'font-family: system-ui, sans-serif; line-height: 1.45; overflow-wrap: anywhere; }',
  '* { box-sizing: border-box; }',
  'body { margin: 0; background: var(--ground); color: var(--ink); }',
  'main { margin: 0 auto; padding: 1rem; max-width: 75rem; }',
  'h1 { margin: 0; font-size: 1.5rem; }',
  'h2 { margin: 1.4rem 0 0.4rem; font-size: 1.15rem; break-after: avoid; }',
  'p { margin: 0.3rem 0; }',
  '.quiet { color: var(--quiet); }',
  '.notes { font-size: 0.9rem; }',
  '.lead { padding: 0.6rem 0.8rem; margin: 0.8rem 0; border: 1px solid var(--line); background: var(--paper); }',
  '.ok { color: var(--ok); } .warning { color: var(--warning); } .critical { color: var(--critical); font-weight: 600; }',
  '.wide { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); }',
  'table { border-collapse: collapse; width: 100%; font-size: 0.85rem; }',
  'th, td { padding: 0.35rem 0.45rem; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); min-width: 3rem; }',
  'td:first-child { min-width: 6rem; }',
  'th { color: var(--quiet); font-weight: 600; overflow-wrap: normal; hyphens: auto; }',
  'tr:last-child td { border-bottom: 0; }',
  '.figure { text-align: end; font-variant-numeric: tabular-nums; overflow-wrap: normal; }',
  'td, p, li, h1 { unicode-bidi: isolate; }',
  'ul { margin: 0.3rem 0; padding-inline-start: 1.2rem; }',
  '@media print {',
  ':root { color-scheme: light; font-size: 9pt; } body, .wide, .lead { background: none; } main { padding: 0; max-width: none; }',
  '.wide { overflow: visible; } tr { break-inside: avoid; } article + article { break-before: page; }',
  'th, td { padding: 0.2rem 0.35rem; min-width: 0; } td:first-child { min-width: 4rem; } @page { margin: 12mm; size: landscape; }',
  '}',
].join('\n');

/** Classes of a text; undefined for none. */
export const toned = (tone: Tone | undefined, more = ''): string | undefined => {
  const names = [...(tone === undefined || tone === 'plain' ? [] : [tone]), ...(more === '' ? [] : [more])];
  return names.length === 0 ? undefined : names.join(' ');
};

/** The titles of the columns of a table: those of figures stand as the figures do. */
export function ColumnHeads({ head, rows }: Pick<Section, 'head' | 'rows'>) {
  const [first = []] = rows;
  return (
    <thead>
      <tr>
        {head.map((title, index) => (
          <th key={title} scope="col" class={first[index]?.isFigure === true ? 'figure' : undefined}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** What stands below a table. */
export function Notes({ notes }: Pick<Section, 'notes'>) {
  return (
    <>
      {notes.map((note) => (
        <p key={note} class="quiet notes">
          {note}
        </p>
      ))}
    </>
  );
}

/** What a report begins with. */
export function Lines({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <>
      {lines.map(({ text, tone }) => (
        <p key={text} class={toned(tone)}>
          {text}
        </p>
      ))}
    </>
  );
}

/** What a report ends with. */
export function Points({ points }: { readonly points: readonly string[] }) {
  return (
    <ul>
      {points.map((point, index) => (
        <li key={index}>{point}</li>
      ))}
    </ul>
  );
}

function TableRow({ cells }: { readonly cells: readonly Cell[] }) {
  return (
    <tr>
      {cells.map(({ text, tone, isFigure }, index) => (
        <td key={index} class={toned(tone, isFigure === true ? 'figure' : '')}>
          {text}
        </td>
      ))}
    </tr>
  );
}

function Table({ head, rows }: Section) {
  return (
    <div class="wide">
      <table>
        <ColumnHeads head={head} rows={rows} />
        <tbody>
          {rows.map((cells, index) => (
            <TableRow key={index} cells={cells} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Part(section: Section) {
  return (
    <section>
      <h2>{section.title}</h2>
      {section.rows.length > 0 && <Table {...section} />}
      <Notes notes={section.notes} />
    </section>
  );
}

function Report({ language, title, period, lead, sections, notCovered }: ReportDocument) {
  return (
    <article lang={language}>
      <h1>{title}</h1>
      <p class="quiet">{period}</p>
      <div class="lead">
        <Lines lines={lead} />
      </div>
      {sections.map((section) => (
        <Part key={section.title} {...section} />
      ))}
      <section>
        <h2>{notCovered.title}</h2>
        <Points points={notCovered.lines} />
      </section>
    </article>
  );
}

/** Reports as one file of HTML that needs no other. Every text in it is escaped by the renderer. */
export function reportHtml(documents: readonly ReportDocument[]): string {
  const title = documents.map((document) => document.title).join(', ');
  const page = (
    <html lang={documents[0]?.language ?? 'en'}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <main>
          {documents.map((document, index) => (
            <Report key={index} {...document} />
          ))}
        </main>
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(page)}\n`;
}
