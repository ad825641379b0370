import { expect } from 'vitest';
import type { Tracker, TrackerTools } from '../../../src/tickets/contract.ts';
import { redmine } from '../../../src/tickets/trackers/redmine.ts';
import { describeReal } from '../../helpers/real.ts';
import { startRedmine, type RedmineServer } from '../../helpers/redmine/redmine.ts';
import { activeElements } from './active-html.ts';
import { trackerSuite, type Colleague, type Subject } from './contract-suite.ts';

type Json = Readonly<Record<string, unknown>>;

/** Calls the server as the manager of the project. */
function managerOf({ url, colleagueKey }: RedmineServer) {
  return async (method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { 'X-Redmine-API-Key': colleagueKey, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Json);
  };
}

function colleagueOf(call: ReturnType<typeof managerOf>): Colleague {
  const change = async (id: string, issue: Json): Promise<void> => {
    await call('PUT', `/issues/${id}.json`, { issue });
  };
  return {
    comment: (id, text) => change(id, { notes: text }),
    assign: (id) => change(id, { assigned_to_id: 'me' }),
    retitle: (id, subject) => change(id, { subject }),
    prioritise: (id) => change(id, { priority_id: 5 }),
    close: (id) => change(id, { status_id: 5 }),
    reopen: (id) => change(id, { status_id: 2 }),
    reject: (id) => change(id, { status_id: 6 }),
    remove: async (id) => {
      await call('DELETE', `/issues/${id}.json`);
    },
  };
}

/** What people see of a ticket: the pieces of its page that hold texts of the ticket. */
async function pieces(server: RedmineServer, id: string): Promise<readonly string[]> {
  const page = await (await fetch(new URL(`/issues/${id}`, server.url))).text();
  const texts = [...page.matchAll(/<div [^>]*class="wiki[^>]*>(.*?)<\/div>/gs)].map(([, text = '']) => text);
  const subjects = [...page.matchAll(/<div class="subject">(.*?)<\/div>/gs)].map(([, text = '']) =>
    text.replaceAll(/<\/?h3>/g, ''),
  );
  expect(texts.length).toBeGreaterThanOrEqual(2);
  expect(subjects).toHaveLength(1);
  return [...texts, ...subjects];
}

function subjectOf(server: RedmineServer, settings: Json): Subject {
  const call = managerOf(server);
  return {
    url: server.url,
    open: (url, send, secret = server.bridgeKey): Tracker => {
      const tools: TrackerTools = { send, secret: () => Promise.resolve(secret) };
      return redmine.open(
        redmine.settings.parse({ api_key_file: '/key', project: 'erp', ...settings }),
        url,
        tools,
      );
    },
    colleague: colleagueOf(call),
    count: async (title) => {
      const { issues } = await call('GET', '/issues.json?status_id=*&limit=100&sort=id:desc');
      return (issues as readonly Json[]).filter(({ subject }) => subject === title).length;
    },
    remarks: async (id) => {
      const { issue } = await call('GET', `/issues/${id}.json?include=journals`);
      return ((issue as Json)['journals'] as readonly Json[])
        .map(({ notes }) => String(notes))
        .filter(Boolean);
    },
    active: async (id) => (await pieces(server, id)).flatMap(activeElements),
    stop: () => server.stop(),
  };
}

describeReal('Redmine', ['redmine'], () => {
  trackerSuite(async () => subjectOf(await startRedmine('textile'), {}));
});
