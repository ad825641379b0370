import type { AssetLinks } from '../assets.ts';
import type { LookupView } from '../view/types.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { renderPage } from './layout.tsx';
import { monitorPath } from './links.ts';
import { RecordItem } from './records.tsx';

function Found({ view }: { readonly view: LookupView }) {
  const { t, prefix, timezone } = usePage();
  return (
    <ol class="records">
      {view.found.map((record, index) => (
        <li key={`${index} ${record.monitor}`}>
          <h2>
            <a href={monitorPath(prefix, record.company, record.monitor)}>
              {record.company} › {record.monitor}
            </a>{' '}
            <span class="quiet">{record.flow}</span>
          </h2>
          <ol class="records">
            <RecordItem record={record} timezone={timezone} />
          </ol>
        </li>
      ))}
      {view.isCut && <li>{t.text('text.more_found')}</li>}
    </ol>
  );
}

/** Where a record is: waiting, failed, missing on which side, differing how; or not among the open ones, and as of when. */
export function renderLookup(
  page: PageContext,
  view: LookupView,
  { assets, environment }: { readonly assets: AssetLinks; readonly environment: string },
): string {
  const { t, now, timezone, here } = page;
  const title = t.text('nav.lookup');
  const at = view.dataFrom === null ? t.text('text.never') : t.time(view.dataFrom, timezone, now);
  return renderPage(
    page,
    { title, environment, assets },
    <>
      <h1>{title}</h1>
      <form class="search" action={here.pathname}>
        <label>
          {t.text('label.record')} <input type="search" name="record" value={view.record} />
        </label>{' '}
        <button>{t.text('label.search')}</button>
      </form>
      {view.record !== '' &&
        (view.found.length === 0 ? (
          <p>{t.text('text.not_open', { record: view.record, at })}</p>
        ) : (
          <Found view={view} />
        ))}
    </>,
  );
}
