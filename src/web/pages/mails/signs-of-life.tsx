import type { SignLine } from '../../../mails/desk.ts';
import type { AssetLinks } from '../../assets.ts';
import { usePage } from '../context.ts';
import type { PageContext } from '../context.ts';
import { CsrfField } from '../forms.tsx';
import { renderPage } from '../layout.tsx';
import { Time, closed } from '../parts.tsx';

/** A sign of life, with the companies by their titles. */
export type ShownSign = SignLine & { readonly titles: readonly string[] };

function Confirm({ name }: { readonly name: string }) {
  const { t, prefix } = usePage();
  return (
    <form method="post" action={`${prefix}/signs-of-life/confirm`}>
      <CsrfField />
      <input type="hidden" name="sign" value={name} />
      <button aria-label={`${t.text('alive.confirm')}: ${name}`}>{t.text('alive.confirm')}</button>
    </form>
  );
}

function SignRow({ sign }: { readonly sign: ShownSign }) {
  const { t } = usePage();
  const { name, titles, timezone, nextAt, confirmation, confirmBy } = sign;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{t.list(titles)}</td>
      <td>
        <Time at={nextAt} timezone={timezone} />
      </td>
      <td>
        <Time at={confirmation?.at ?? null} timezone={timezone} />
        {confirmation !== null && confirmation.by !== '' && (
          <> {t.text('alive.confirmed_by', { by: closed(confirmation.by) })}</>
        )}
      </td>
      <td>{confirmBy === null ? '–' : <Time at={confirmBy} timezone={timezone} />}</td>
      <td>
        <Confirm name={name} />
      </td>
    </tr>
  );
}

function Signs({ signs }: { readonly signs: readonly ShownSign[] }) {
  const { t } = usePage();
  const heads = [
    t.text('alive.mail'),
    t.text('label.company'),
    t.text('alive.next_at'),
    t.text('alive.confirmed'),
    t.text('alive.confirm_by'),
    '',
  ];
  return (
    <table>
      <thead>
        <tr>
          {heads.map((head, index) => (
            <th key={index} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {signs.map((sign) => (
          <SignRow key={sign.name} sign={sign} />
        ))}
      </tbody>
    </table>
  );
}

/** The signs of life that a reader may see, and who confirmed that they arrive. */
export function renderSigns(
  page: PageContext,
  signs: readonly ShownSign[],
  frame: { readonly assets: AssetLinks; readonly environment: string },
): string {
  const { t } = page;
  const title = t.text('alive.page');
  return renderPage(
    page,
    { ...frame, title },
    <>
      <h1>{title}</h1>
      <p>{t.text(signs.length === 0 ? 'alive.none' : 'alive.page_note')}</p>
      {signs.length > 0 && <Signs signs={signs} />}
    </>,
  );
}
