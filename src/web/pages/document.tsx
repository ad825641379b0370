import type { AssetLinks } from '../assets.ts';
import type { Document } from '../documents.ts';
import type { PageContext } from './context.ts';
import { renderPage } from './layout.tsx';

interface Around {
  readonly assets: AssetLinks;
  readonly environment: string;
}

/** One document. It is in English, whatever the language around it. */
export function renderDocument(page: PageContext, { title, html }: Document, around: Around): string {
  return renderPage(
    page,
    { title, ...around },
    <>
      <p>
        <a href="./">{page.t.text('nav.docs')}</a>
      </p>
      <article class="document" lang="en" dangerouslySetInnerHTML={{ __html: html }} />
    </>,
  );
}

/** What there is to read. */
export function renderDocuments(
  page: PageContext,
  documents: readonly Pick<Document, 'name' | 'title'>[],
  around: Around,
): string {
  const title = page.t.text('nav.docs');
  return renderPage(
    page,
    { title, ...around },
    <>
      <h1>{title}</h1>
      <ul lang="en">
        {documents.map((document) => (
          <li key={document.name}>
            <a href={document.name}>{document.title}</a>
          </li>
        ))}
      </ul>
    </>,
  );
}
