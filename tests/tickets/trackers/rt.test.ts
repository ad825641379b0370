import { describe, expect, it } from 'vitest';
import type { Tracker, TrackerTools } from '../../../src/tickets/contract.ts';
import { rt } from '../../../src/tickets/trackers/rt.ts';
import { describeRealAtNight } from '../../helpers/real.ts';
import { startRt, type RtServer } from '../../helpers/rt/rt.ts';
import { activeElements } from './active-html.ts';
import { trackerSuite, type Subject } from './contract-suite.ts';
import { callerOf, colleagueOf, remarksOf } from './rt-colleague.ts';
import { draftOf, faultOf, never, remarkOf, sendTo } from './suite-bench.ts';

type Json = Readonly<Record<string, unknown>>;

/** A session of the web pages. */
async function signIn({ url, colleague }: RtServer): Promise<string> {
  const form = new URLSearchParams({ user: colleague.user, pass: colleague.password });
  const response = await fetch(new URL('/NoAuth/Login.html', url), {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  return response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}

/** What people see of a ticket: the pieces of its pages that hold its texts. */
async function pieces(server: RtServer, cookie: string, id: string): Promise<readonly string[]> {
  const headers = { Cookie: cookie };
  const show = async (path: string): Promise<string> =>
    (await fetch(new URL(path, server.url), { headers })).text();
  const page = await show(`/Ticket/History.html?id=${id}`);
  const texts = [...page.matchAll(/<div class="messagebody[^"]*"[^>]*>(.*?)<\/div>\s*<\/div>/gs)].map(
    ([all]) => all,
  );
  const titles = [...page.matchAll(/<h1[^>]*>(.*?)<\/h1>/gs)].map(([, text = '']) => text);
  expect(texts.length).toBeGreaterThanOrEqual(2);
  expect(titles).toHaveLength(1);
  return [...texts, ...titles];
}

/** Request Tracker shows web addresses in the plain text of anybody as links to themselves. */
const isShownAddress = (element: string): boolean =>
  /^<a \{"target":"_blank","href":"https?:\/\/[^"]*"\}>$/.test(element);
/** Lines after ">" it folds as quoted text, by a script of its own. */
const isFold = (element: string): boolean =>
  /^<div \{"class":"message-stanza-folder closed","onclick":"fold_message_stanza\(this, 'Show[\\\w]+', 'Hide[\\\w]+'\);"\}>$/.test(
    element,
  );

function subjectOf(server: RtServer): Subject {
  const call = callerOf(server);
  let cookie: Promise<string> | undefined;
  return {
    url: server.url,
    open: (url, send, secret = server.bridge.token): Tracker => {
      const tools: TrackerTools = { send, secret: () => Promise.resolve(secret) };
      return rt.open(rt.settings.parse({ token_file: '/token', queue: 'General' }), url, tools);
    },
    colleague: colleagueOf(call),
    count: async (title) => {
      const { items } = await call(
        'GET',
        `/tickets?query=id>0&fields=Subject&per_page=100&orderby=id&order=DESC`,
      );
      return (items as readonly Json[]).filter(({ Subject }) => Subject === title).length;
    },
    remarks: (id) => remarksOf(call, id),
    active: async (id) => {
      cookie ??= signIn(server);
      return (await pieces(server, await cookie, id))
        .flatMap(activeElements)
        .filter((one) => !isShownAddress(one) && !isFold(one));
    },
    stop: () => server.stop(),
  };
}

describeRealAtNight('Request Tracker', ['rt'], () => {
  let server: RtServer;
  trackerSuite(async () => {
    server = await startRt();
    return subjectOf(server);
  });

  describe('its own', () => {
    const open = (settings: Json, secret = server.bridge.token): Tracker => {
      const tools = { send: sendTo(server.url), secret: () => Promise.resolve(secret) };
      const all = { token_file: '/token', queue: 'General', ...settings };
      return rt.open(rt.settings.parse(all), server.url, tools);
    };

    it('takes a password where the user is named', async () => {
      const { user, password } = server.bridge;
      const { id } = await open({}).create(draftOf(), never);
      expect(await open({ user }, password).read(id, never)).toMatchObject({ id, touched: 'no' });
      expect((await faultOf(open({ user }, 'wrong').read(id, never))).fault).toBe('login');
    });

    it('creates nothing in a queue that is not there', async () => {
      const draft = draftOf();
      expect((await faultOf(open({ queue: 'Nowhere' }).create(draft, never))).fault).toBe('login');
      expect(await subjectOf(server).count(draft.title)).toBe(0);
      expect(rt.settings.safeParse({ token_file: '/t', queue: "x' OR id > 0 OR Queue = 'y" }).success).toBe(
        false,
      );
    });

    it('says nothing where it cannot set the status', async () => {
      const tracker = open({ closed_statuses: ['nothing'] });
      const { id } = await tracker.create(draftOf(), never);
      expect((await faultOf(tracker.close(id, remarkOf(), never))).fault).toBe('login');
      expect(await tracker.read(id, never)).toMatchObject({ state: 'open', touched: 'no' });
      expect(await subjectOf(server).remarks(id)).toEqual([]);
    });

    it('gives critical tickets their priority', async () => {
      const { id } = await open({ critical_priority: 100 }).create(draftOf({ isCritical: true }), never);
      expect(await callerOf(server)('GET', `/ticket/${id}`)).toMatchObject({ Priority: '100' });
    });
  });
});
