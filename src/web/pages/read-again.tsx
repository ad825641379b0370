import type { AssetLinks } from '../assets.ts';
import type { MonitorView } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { renderPage } from './layout.tsx';
import { companyPath, monitorPath } from './links.ts';
import { CsrfField } from './forms.tsx';

/** Why a monitor was not read again, or not to the end. */
export type Refusal =
  | { readonly reason: 'limited_monitor' | 'limited_all'; readonly retryAfterSeconds: number }
  | { readonly reason: 'stopping' | 'replaced' | 'unknown' };

/** How it stands with reading a monitor again. */
export interface Refresh {
  readonly isRunning: boolean;
  readonly refusal?: Refusal;
}

function refusalText({ t }: PageContext, refusal: Refusal): string {
  const seconds = 'retryAfterSeconds' in refusal ? refusal.retryAfterSeconds : 0;
  return t.text(`refresh.${refusal.reason}`, { seconds });
}

/** When it was read last. Screen readers say it when it changes. */
function LastRead({ view, refresh }: ReadAgainProps) {
  const page = usePage();
  const { t, now } = page;
  const { line, card } = view;
  const { lastRun, failure, durationSeconds } = line;
  if (refresh.isRunning) return <>{t.text('refresh.running')}</>;
  if (lastRun === null) return null;
  const values = { at: t.time(lastRun, card.timezone, now), seconds: durationSeconds };
  return <>{t.text(failure === null ? 'refresh.last' : 'refresh.last_failed', values)}</>;
}

interface ReadAgainProps {
  readonly view: MonitorView;
  readonly refresh: Refresh;
}

/** The button that has a monitor read again, with what became of it in its place; a plain form without scripts. */
export function ReadAgain({ view, refresh }: ReadAgainProps) {
  const page = usePage();
  const { t, here, prefix } = page;
  const { company, monitor } = view.line;
  const path = monitorPath(prefix, company, monitor);
  const inPlace = { 'hx-target': '#live', 'hx-select': '#live', 'hx-swap': 'outerMorph' };
  const action = `${path}/refresh${here.search}`;
  return (
    <section class="read-again">
      {view.mayRefresh && (
        <form
          method="post"
          action={action}
          hx-post={action}
          hx-indicator="find progress"
          hx-disable="find button"
          {...inPlace}
        >
          <CsrfField />
          <button>{t.text('refresh.button')}</button>
          <progress class="htmx-indicator" aria-label={t.text('refresh.running')} />
        </form>
      )}
      <p role="status">
        <LastRead view={view} refresh={refresh} />
      </p>
      {refresh.refusal !== undefined && (
        <p class="problem" role="alert">
          {refusalText(page, refresh.refusal)}
        </p>
      )}
      {refresh.isRunning && <div hx-get={`${path}${here.search}`} hx-trigger="every 2s" {...inPlace} />}
    </section>
  );
}

/** Says that a monitor that was to be read again is not there. */
export function renderNoMonitor(
  page: PageContext,
  company: string | undefined,
  { assets, environment }: { readonly assets: AssetLinks; readonly environment: string },
): string {
  const { t, prefix } = page;
  const title = t.text('refresh.button');
  return renderPage(
    page,
    { title, environment, assets },
    <div id="live">
      <h1>{title}</h1>
      <p class="problem" role="alert">
        {refusalText(page, { reason: 'unknown' })}
      </p>
      <p>
        <a href={company === undefined ? `${prefix}/` : companyPath(prefix, company)}>
          {company ?? t.text('nav.overview')}
        </a>
      </p>
    </div>,
  );
}
