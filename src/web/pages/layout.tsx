import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { AssetLinks } from '../assets.ts';

/** What every page has around its content. */
export interface Frame {
  readonly title: string;
  /** As in `lang`: en, nl, de, fr. */
  readonly language: string;
  readonly assets: AssetLinks;
}

function Page({ title, language, assets, children }: Frame & { readonly children: ComponentChildren }) {
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={assets.style} />
        {assets.scripts.map((script) => (
          <script key={script} src={script} defer />
        ))}
      </head>
      <body>{children}</body>
    </html>
  );
}

/** A whole document. Every text in it is escaped by the renderer. */
export function renderPage(frame: Frame, content: ComponentChildren): string {
  return `<!doctype html>\n${renderToString(<Page {...frame}>{content}</Page>)}\n`;
}
