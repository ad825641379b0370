import type { ComponentChildren } from 'preact';
import type { AssetLinks } from '../assets.ts';
import type { Instant } from '../../time.ts';
import type { ErrorDetail, ErrorLine } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { renderPage } from './layout.tsx';
import { errorPath } from './links.ts';
import { Amounts, Detail, Time, closed, responderName, translated } from './parts.tsx';

/** What it means, what to do and who does it. */
function Advice({ line }: { readonly line: ErrorLine }) {
  const page = usePage();
  const action = line.action === null ? page.t.text('text.unknown_error') : translated(page, line.action);
  return (
    <>
      {line.meaning !== null && <Detail name="label.meaning">{translated(page, line.meaning)}</Detail>}
      <Detail name="label.action">
        <strong>{action}</strong>
      </Detail>
      {line.responder !== '' && (
        <Detail name="label.first_responder">{responderName(page, line.responder)}</Detail>
      )}
    </>
  );
}

function When({ name, at }: { readonly name: 'label.oldest' | 'label.newest'; readonly at: Instant | null }) {
  const { timezone } = usePage();
  if (at === null) return null;
  return (
    <Detail name={name}>
      <Time at={at} timezone={timezone} />
    </Detail>
  );
}

/** What came with a message, and a way to make it known. */
function Folds({ line }: { readonly line: ErrorLine }) {
  const { t, prefix } = usePage();
  const path = errorPath(prefix, line.errorClass);
  return (
    <>
      {line.trace !== '' && (
        <details class="trace">
          <summary>{t.text('label.trace')}</summary>
          <pre>{line.trace}</pre>
        </details>
      )}
      {line.hasSuggestion && (
        <details
          class="trace"
          hx-get={path}
          hx-trigger="toggle once"
          hx-target="find .entry"
          hx-select="#entry"
          hx-swap="innerHTML"
        >
          <summary>{t.text('label.entry')}</summary>
          <div class="entry">
            <a href={path}>{t.text('label.entry')}</a>
          </div>
        </details>
      )}
    </>
  );
}

function ErrorItem({ line, children }: { readonly line: ErrorLine; readonly children: ComponentChildren }) {
  const page = usePage();
  const { t } = page;
  return (
    <li class={`record ${line.isKnown ? 'known' : 'unknown'}`}>
      <h2>
        {t.number(line.count)} × {line.title === null ? line.errorClass : translated(page, line.title)}{' '}
        {line.isNew && <span class="tag new">{t.text('label.new')}</span>}{' '}
        <span class="quiet">{line.category}</span>
      </h2>
      {line.example !== '' && <code>{line.example}</code>}
      {children}
      <dl>
        <Advice line={line} />
      </dl>
      <dl class="figures">
        {line.value.length > 0 && (
          <Detail name="label.amount">
            <Amounts amounts={line.value} />
          </Detail>
        )}
        <Detail name="label.company">{t.list(line.companyTitles.map(closed))}</Detail>
        <Detail name="label.flow">{t.list(line.flows)}</Detail>
        <When name="label.oldest" at={line.firstSince} />
        <When name="label.newest" at={line.lastSince} />
      </dl>
    </li>
  );
}

/** The classes of errors that are open, the most frequent first. */
export function renderErrors(
  page: PageContext,
  lines: readonly ErrorLine[],
  { assets, environment }: { readonly assets: AssetLinks; readonly environment: string },
): string {
  const title = page.t.text('nav.errors');
  return renderPage(
    page,
    { title, environment, assets },
    <>
      <h1>{title}</h1>
      {lines.length === 0 ? (
        <p>{page.t.text('text.no_errors')}</p>
      ) : (
        <ol class="records">
          {lines.map((line) => (
            <ErrorItem key={line.errorClass} line={line}>
              <Folds line={line} />
            </ErrorItem>
          ))}
        </ol>
      )}
    </>,
  );
}

/** The entry to paste into the catalogue; the page of errors takes it from here, too. */
function Entry({ suggestion }: { readonly suggestion: string }) {
  const { t } = usePage();
  return (
    <div id="entry">
      <p>{t.text('explain.make_known')}</p>
      <pre>{suggestion}</pre>
    </div>
  );
}

/** One class of errors, with its stack trace and the entry that makes it known. */
export function renderError(
  page: PageContext,
  detail: ErrorDetail,
  { assets, environment }: { readonly assets: AssetLinks; readonly environment: string },
): string {
  const { t, prefix } = page;
  return renderPage(
    page,
    { title: `${t.text('nav.errors')} › ${detail.errorClass}`, environment, assets },
    <>
      <h1>
        <a href={`${prefix}/errors`}>{t.text('nav.errors')}</a> › {detail.errorClass}
      </h1>
      <ol class="records">
        <ErrorItem line={detail}>
          {detail.trace !== '' && <pre>{detail.trace}</pre>}
          {detail.suggestion !== '' && <Entry suggestion={detail.suggestion} />}
        </ErrorItem>
      </ol>
    </>,
  );
}
