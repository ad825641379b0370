import type { Right, Visitor } from '../../config/config.ts';
import { contextOf, frameOf } from './pages.ts';
import { renderSignIn } from '../pages/sign-in.tsx';
import type { SignInView } from '../pages/sign-in.tsx';
import { textAnswer } from '../server/http.ts';
import type { Answer, AnswerHeaders, HttpRequest } from '../server/http.ts';
import type { WebSettings } from '../settings/load.ts';
import type { SignIn, SignInProblem, Step } from '../sign-in/sign-in.ts';
import type { PageVisit } from './visit.ts';

/** What the routes for signing in need. */
export interface SignInVisit extends PageVisit {
  readonly settings: WebSettings;
  readonly signIn: Pick<SignIn, 'issuer' | 'begin' | 'complete' | 'end'>;
}

/** Statuses of problems: is it ours, the provider's, or that of who signs in? */
const statuses: Readonly<Record<SignInProblem, number>> = {
  no_address: 503,
  no_https: 503,
  unreachable: 503,
  refused: 400,
  stale: 400,
  too_large: 403,
};

const noProvider = (): Answer => textAnswer(404, 'Nobody signs in here: access: has no oidc.');

function page(visit: PageVisit, status: number, view: SignInView, headers: AnswerHeaders = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
    body: renderSignIn(contextOf(visit), view, frameOf(visit)),
  };
}

const cookiesOf = (cookies: readonly string[]): AnswerHeaders =>
  cookies.length === 0 ? {} : { 'Set-Cookie': cookies };

/** Such as `login.example`. */
const hostOfIssuer = (issuer: string): string => URL.parse(issuer)?.host ?? issuer;

/** Where a browser signs in, and then comes back to. */
function signInPath(prefix: string, to: string): string {
  return `${prefix}/login?${new URLSearchParams({ to }).toString()}`;
}

function stepAnswer(visit: SignInVisit, step: Step): Answer {
  const headers = cookiesOf(step.cookies);
  if ('location' in step) return textAnswer(302, 'Sign in there.', { ...headers, Location: step.location });
  const { t } = contextOf(visit);
  const issuer = hostOfIssuer(visit.signIn.issuer ?? '');
  const view = {
    title: t.text('sign_in.title'),
    text: t.text(`sign_in.${step.problem}`, { issuer }),
    links: [{ to: `${visit.routePrefix}/login`, text: t.text('sign_in.again') }],
  };
  return page(visit, statuses[step.problem], view, headers);
}

const hereOf = ({ request, settings }: SignInVisit) => ({
  request,
  isTls: settings.transport !== undefined,
});

/** Sends a browser to the provider. */
export async function loginAnswer(visit: SignInVisit): Promise<Answer> {
  if (visit.signIn.issuer === undefined) return noProvider();
  return stepAnswer(visit, await visit.signIn.begin(hereOf(visit)));
}

/** Takes a browser in that comes back from the provider. */
export async function callbackAnswer(visit: SignInVisit): Promise<Answer> {
  if (visit.signIn.issuer === undefined) return noProvider();
  return stepAnswer(visit, await visit.signIn.complete(hereOf(visit)));
}

/** Ends a session; without one, and by GET, it tells how things stand. */
export async function logoutAnswer(visit: SignInVisit): Promise<Answer> {
  const { issuer } = visit.signIn;
  if (issuer === undefined) return noProvider();
  const { t, prefix } = contextOf(visit);
  const again = { to: `${prefix}/login`, text: t.text('sign_in.again') };
  const title = t.text('sign_in.out');
  if (visit.request.method !== 'POST')
    return visit.visitor.session === undefined
      ? page(visit, 200, { title, text: t.text('sign_in.is_out'), links: [again] })
      : page(visit, 200, { title, text: '', links: [] });
  const { cookie, endUrl } = await visit.signIn.end(hereOf(visit));
  const there =
    endUrl === undefined
      ? []
      : [{ to: endUrl, text: t.text('sign_in.end_there', { issuer: hostOfIssuer(issuer) }) }];
  const view = { title, text: t.text('sign_in.is_out'), links: [...there, again] };
  // Not by a redirect: the Content-Security-Policy keeps what a form sends from going elsewhere.
  const onward = endUrl === undefined ? {} : { Refresh: `0; url=${endUrl}` };
  const { session: _, ...leaving } = visit.visitor;
  return page({ ...visit, visitor: leaving }, 200, view, { ...cookiesOf([cookie]), ...onward });
}

function wantsPage({ method, headers: { accept = '', authorization } }: HttpRequest): boolean {
  return (
    (method === 'GET' || method === 'HEAD') && accept.includes('text/html') && authorization === undefined
  );
}

/**
 * What somebody is answered who may not do what they ask for: a browser goes to sign in, or gets a page that says what is
 * missing; a program gets the bare status.
 *
 * @param unauthorized what a program gets that has not said who it is.
 */
export function refusalAnswer(visit: SignInVisit, right: Right, unauthorized: Answer): Answer {
  const { request, visitor, routePrefix, signIn } = visit;
  const isBrowser = signIn.issuer !== undefined && wantsPage(request);
  if (visitor.name === '') {
    if (!isBrowser) return unauthorized;
    // A part of a page that is renewed in place cannot go elsewhere; the whole page can.
    if (request.headers['hx-request'] !== undefined)
      return textAnswer(401, 'Sign in.', { 'HX-Refresh': 'true' });
    const to = request.url ?? '';
    return textAnswer(302, 'Sign in there.', { Location: signInPath(routePrefix, to) });
  }
  return isBrowser && visitor.session !== undefined
    ? noRightAnswer(visit, right)
    : textAnswer(403, noRightText(visitor, right));
}

const noRightText = ({ name }: Visitor, right: Right): string =>
  `${name} may not do this: access: gives no right ${right}.`;

function noRightAnswer(visit: SignInVisit, right: Right): Answer {
  const { t, prefix } = contextOf(visit);
  return page(visit, 403, {
    title: t.text('sign_in.title'),
    text: t.text('sign_in.no_right', { right }),
    links: [{ to: `${prefix}/login`, text: t.text('sign_in.again') }],
  });
}
