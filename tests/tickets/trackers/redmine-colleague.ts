import type { RedmineServer } from '../../helpers/redmine/redmine.ts';
import type { Colleague } from './suite-bench.ts';

type Json = Readonly<Record<string, unknown>>;

/** Calls the server as the manager of the project. */
export function managerOf({ url, colleagueKey }: RedmineServer) {
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

/** As a person would do it on the pages. */
export function colleagueOf(call: ReturnType<typeof managerOf>): Colleague {
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
