import type { RtServer } from '../../helpers/rt/rt.ts';
import type { Colleague } from './suite-bench.ts';

type Json = Readonly<Record<string, unknown>>;

/** Calls the server with all rights. */
export function callerOf({ url, colleague }: RtServer) {
  return async (method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await fetch(new URL(`/REST/2.0${path}`, url), {
      method,
      headers: { Authorization: `token ${colleague.token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as Json;
  };
}

/** As a person would do it on the pages. */
export function colleagueOf(call: ReturnType<typeof callerOf>): Colleague {
  const change = async (id: string, changes: Json): Promise<void> => {
    await call('PUT', `/ticket/${id}`, changes);
  };
  return {
    comment: async (id, text) => {
      await call('POST', `/ticket/${id}/comment`, { Content: text, ContentType: 'text/plain' });
    },
    assign: (id) => change(id, { Owner: 'colleague' }),
    retitle: (id, title) => change(id, { Subject: title }),
    prioritise: (id) => change(id, { Priority: 100 }),
    close: (id) => change(id, { Status: 'resolved' }),
    reopen: (id) => change(id, { Status: 'open' }),
    reject: (id) => change(id, { Status: 'rejected' }),
    remove: (id) => change(id, { Status: 'deleted' }),
  };
}

/** The texts of a ticket's comments. */
export async function remarksOf(call: ReturnType<typeof callerOf>, id: string): Promise<readonly string[]> {
  const { items } = await call(
    'GET',
    `/ticket/${id}/attachments?fields=Content,TransactionId&per_page=100&orderby=id`,
  );
  const texts = (items as readonly Json[]).map(({ Content }) => String(Content));
  return texts.slice(1);
}
