import type { AssetLinks } from '../assets.ts';
import { usePage } from './context.ts';
import type { PageContext } from './context.ts';
import { renderPage } from './layout.tsx';
import { SignOutForm } from './forms.tsx';

/** A page about signing in or out: what is the matter, and what can be done. */
export interface SignInView {
  readonly title: string;
  readonly text: string;
  /** Links that lead on. */
  readonly links: readonly { readonly to: string; readonly text: string }[];
}

function Content({ view }: { readonly view: SignInView }) {
  const { person } = usePage();
  return (
    <>
      <h1>{view.title}</h1>
      <p>{view.text}</p>
      {view.links.map(({ to, text }) => (
        <p key={to}>
          <a href={to}>{text}</a>
        </p>
      ))}
      {person !== null && <SignOutForm person={person} />}
    </>
  );
}

/** Says why somebody is not signed in, may not see a page, or that they are signed out. */
export function renderSignIn(
  page: PageContext,
  view: SignInView,
  { assets, environment }: { readonly assets: AssetLinks; readonly environment: string },
): string {
  return renderPage(page, { title: view.title, environment, assets, isBare: true }, <Content view={view} />);
}
