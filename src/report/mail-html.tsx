import { renderToString } from 'preact-render-to-string';
import type { Cell } from './document-flows.ts';
import type { ReportDocument, Section } from './document.ts';
import { ColumnHeads, Lines, Notes, Points, toned } from './html.tsx';

/** Colours by what they are for: on paper, and in the dark. Clients of mail know neither variables nor `light-dark()`. */
const colours = {
  light: {
    ...{ ground: '#f3f4f6', paper: '#ffffff', ink: '#1b1f24', quiet: '#57606a', line: '#d5d9de' },
    ...{ ok: '#18713a', warning: '#8a5a00', critical: '#b3261e', button: '#0b57d0', onButton: '#ffffff' },
  },
  dark: {
    ...{ ground: '#0d1013', paper: '#14181d', ink: '#e6e9ec', quiet: '#a5adb8', line: '#343b44' },
    ...{ ok: '#7fd49a', warning: '#f2c55c', critical: '#ff9d94', button: '#a8c7fa', onButton: '#062e6f' },
  },
} as const;

type Colours = Readonly<Record<keyof typeof colours.light, string>>;

const coloured = ({ ground, paper, ink, quiet, line, ...rest }: Colours): string =>
  [
    `body, .ground { background: ${ground}; color: ${ink}; }`,
    `.box { background: ${paper}; border: 1px solid ${line}; }`,
    `th { color: ${quiet}; } th, td { border-bottom: 1px solid ${line}; }`,
    `.quiet { color: ${quiet}; }`,
    `.ok { color: ${rest.ok}; } .warning { color: ${rest.warning}; } .critical { color: ${rest.critical}; }`,
    `.button { background: ${rest.button}; color: ${rest.onButton}; }`,
  ].join('\n');

/** A text for each line. Nothing is loaded from anywhere. */
const style = [
  'body { margin: 0; padding: 0; }',
  '.ground { padding: 16px 8px; font: 14px/1.45 "Segoe UI", Roboto, Helvetica, Arial, sans-serif; overflow-wrap: anywhere; }',
  '.page { max-width: 600px; margin: 0 auto; }',
  'h1 { margin: 0; font-size: 21px; } h2 { margin: 22px 0 6px; font-size: 16px; } h3 { margin: 0; padding: 8px 8px 2px; font-size: 14px; }',
  'p { margin: 4px 0; } ul { margin: 4px 0; padding-left: 18px; }',
  '.box { padding: 8px 12px; margin: 12px 0; } .notes { font-size: 12px; }',
  'table { border-collapse: collapse; width: 100%; } .table { padding: 0; margin: 0; }',
  'th, td { padding: 5px 8px; min-width: 60px; text-align: left; vertical-align: top; font-size: 13px; }',
  'th { font-weight: 600; hyphens: auto; } .name { width: 55%; font-weight: 400; }',
  '.figure { min-width: 0; text-align: right; } .critical { font-weight: 600; }',
  '.button { display: inline-block; padding: 8px 14px; border-radius: 4px; font-weight: 600; text-decoration: none; }',
  '.part { margin-bottom: 40px; }',
  '.whole { overflow-wrap: normal; }',
  '@media (max-width: 480px) { th, td { padding: 4px; min-width: 50px; font-size: 12px; } }',
  coloured(colours.light),
  `@media (prefers-color-scheme: dark) {\n${coloured(colours.dark)}\n}`,
].join('\n');

/** More columns than this do not fit beside each other in a mail. */
const mostColumns = 5;

/** Words up to this length are never broken: five of them fit beside each other on a telephone. */
const mostWhole = 10;

function wholeness(text: string): string {
  return text.split(/[\s-]+/).every((word) => word.length <= mostWhole) ? 'whole' : '';
}

const joined = (...names: readonly string[]): string => names.filter((name) => name !== '').join(' ');

function Beside({ head, rows }: Section) {
  return (
    <div class="box table">
      <table>
        <ColumnHeads head={head} rows={rows} />
        <tbody>
          {rows.map((cells, index) => (
            <tr key={index}>
              {cells.map(({ text, tone, isFigure }, column) => (
                <td
                  key={column}
                  class={toned(tone, joined(isFigure === true ? 'figure' : '', wholeness(text)))}
                >
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A row of a wide table: its name, and below it each figure that says something. */
function Below({
  head,
  cells: [name, ...cells],
}: {
  readonly head: readonly string[];
  readonly cells: readonly Cell[];
}) {
  const told = cells.flatMap((cell, index) =>
    cell.text === '–' ? [] : [{ ...cell, title: head[index + 1] }],
  );
  return (
    <div class="box table">
      <h3>{name?.text}</h3>
      <table>
        <tbody>
          {told.map(({ title, text, tone }) => (
            <tr key={title}>
              <th scope="row" class="name">
                {title}
              </th>
              <td class={toned(tone)}>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Part(section: Section) {
  const { title, head, rows, notes } = section;
  const isWide = head.length > mostColumns;
  return (
    <div>
      <h2>{title}</h2>
      {isWide && rows.map((cells, index) => <Below key={index} head={head} cells={cells} />)}
      {!isWide && rows.length > 0 && <Beside {...section} />}
      <Notes notes={notes} />
    </div>
  );
}

function Told({ language, title, period, lead, sections, notCovered }: ReportDocument) {
  return (
    <div class="part" lang={language}>
      <h1>{title}</h1>
      <p class="quiet">{period}</p>
      <div class="box">
        <Lines lines={lead} />
      </div>
      {sections.map((section) => (
        <Part key={section.title} {...section} />
      ))}
      <h2>{notCovered.title}</h2>
      <Points points={notCovered.lines} />
    </div>
  );
}

/** Where a reader of a mail may go. */
export interface MailLink {
  readonly text: string;
  readonly url: string;
}

/** Documents as the HTML of a mail: narrow, in the colours that its reader prefers. Every text in it is escaped by the renderer. */
export function mailHtml(documents: readonly ReportDocument[], link?: MailLink): string {
  const page = (
    <html lang={documents[0]?.language ?? 'en'}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{documents.map(({ title }) => title).join(', ')}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <div class="ground">
          <div class="page">
            {documents.map((document, index) => (
              <Told key={index} {...document} />
            ))}
            {link !== undefined && (
              <p>
                <a class="button" href={link.url}>
                  {link.text}
                </a>
              </p>
            )}
          </div>
        </div>
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(page)}\n`;
}
