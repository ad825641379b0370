import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { AssetLinks } from '../assets.ts';
import { PageContextProvider, usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { SignOutForm } from './forms.tsx';

/** What is around the content of a page. */
export interface Frame {
  /** Without the name of the product. */
  readonly title: string;
  /** '' where none is configured. */
  readonly environment: string;
  readonly assets: AssetLinks;
  /** Whether there is a chart on it. */
  readonly hasChart?: boolean;
  /** For a screen on a wall: no navigation, large. */
  readonly isWall?: boolean;
  /** For everybody: without a way to the other pages, and without what is under it. */
  readonly isPublic?: boolean;
  /** For who sees no other page: no navigation. */
  readonly isBare?: boolean;
}

function LanguageSwitch() {
  const { t, here, languages } = usePage();
  return (
    <nav class="languages" aria-label={t.text('nav.language')}>
      {languages.map((language) => {
        const to = new URL(here);
        to.searchParams.set('lang', language);
        const isCurrent = language === t.language;
        return (
          <a
            key={language}
            href={`${to.pathname}${to.search}`}
            lang={language}
            hreflang={language}
            aria-current={isCurrent ? 'true' : undefined}
          >
            {language}
          </a>
        );
      })}
    </nav>
  );
}

function Header({ environment }: { readonly environment: string }) {
  const { t, prefix, person, hasTickets = false, hasRemedies = false } = usePage();
  return (
    <header class="site">
      <a class="brand" href={`${prefix}/`}>
        {environment !== '' && <span class="environment">[{environment}] </span>}
        erp-exporter
      </a>
      <nav aria-label="erp-exporter">
        <a href={`${prefix}/`}>{t.text('nav.overview')}</a>
        <a href={`${prefix}/errors`}>{t.text('nav.errors')}</a>
        {hasTickets && <a href={`${prefix}/tickets`}>{t.text('ticket.nav')}</a>}
        {hasRemedies && <a href={`${prefix}/remedies`}>{t.text('remedy.title')}</a>}
        <a href={`${prefix}/?wall`}>{t.text('nav.wall')}</a>
      </nav>
      <form class="find" role="search" action={`${prefix}/lookup`}>
        <input
          type="search"
          name="record"
          aria-label={t.text('nav.lookup')}
          placeholder={t.text('nav.lookup')}
        />
        <button>{t.text('label.search')}</button>
      </form>
      <LanguageSwitch />
      {person !== null && <SignOutForm person={person} />}
    </header>
  );
}

function Footer() {
  const { t, now, timezone, version, prefix } = usePage();
  return (
    <footer>
      {t.text('text.generated', { version, at: t.exactTime(now, timezone), zone: timezone })}{' '}
      <a href={`${prefix}/metrics`}>/metrics</a> <a href={`${prefix}/docs/`}>{t.text('nav.docs')}</a>
    </footer>
  );
}

/** What a page that follows by itself leaves alone: a fold that its reader has opened or closed. */
const scriptSettings = JSON.stringify({ morphIgnore: ['data-htmx-powered', 'open'] });

function Head({ frame }: { readonly frame: Frame }) {
  const { title, environment, assets, hasChart = false, isPublic = false } = frame;
  const scripts = [...assets.scripts, ...(hasChart ? assets.chart.scripts : [])];
  const prefix = environment === '' ? '' : `[${environment}] `;
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="htmx-config" content={scriptSettings} />
      <title>{isPublic ? title : `${prefix}${title} – erp-exporter`}</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href={assets.style} />
      {hasChart && <link rel="stylesheet" href={assets.chart.style} />}
      {scripts.map((script) => (
        <script key={script} src={script} defer />
      ))}
    </head>
  );
}

function Document({ frame, children }: { readonly frame: Frame; readonly children: ComponentChildren }) {
  const { t, notice } = usePage();
  const { environment, isWall = false, isPublic = false, isBare = false } = frame;
  const isAlone = isWall || isPublic || isBare;
  return (
    <html lang={t.language}>
      <Head frame={frame} />
      <body class={isWall ? 'wall' : undefined}>
        <a class="skip" href="#content">
          {t.text('nav.skip')}
        </a>
        {!isAlone && <Header environment={environment} />}
        {isPublic && (
          <header class="site">
            <LanguageSwitch />
          </header>
        )}
        {notice !== '' && (
          <p class="notice" role="alert">
            {notice}
          </p>
        )}
        <main id="content" tabIndex={-1}>
          {children}
        </main>
        {!isAlone && <Footer />}
      </body>
    </html>
  );
}

/** A whole document. Every text in it is escaped by the renderer. */
export function renderPage(page: PageContext, frame: Frame, content: ComponentChildren): string {
  const document = (
    <PageContextProvider value={page}>
      <Document frame={frame}>{content}</Document>
    </PageContextProvider>
  );
  return `<!doctype html>\n${renderToString(document)}\n`;
}
