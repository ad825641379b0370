import { Ajv2020 } from 'ajv/dist/2020.js';
import { createHash } from 'node:crypto';
import { afterEach } from 'vitest';
import type { Right } from '../../../src/config/config.ts';
import type { SnapshotStore } from '../../../src/poll/snapshot.ts';
import { createApp } from '../../../src/web/app.ts';
import type { AppOptions } from '../../../src/web/app.ts';
import { openApiDocument } from '../../../src/web/api/openapi.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { appOptions, entranceOf } from '../app-options.ts';
import { now } from '../world.ts';

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Somebody who calls the API, by a token of that name. */
export interface Caller {
  readonly name: string;
  readonly companies: readonly string[] | 'all';
  readonly rights: readonly Right[];
}

/** An answer of the API. */
export interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

/** Serves this snapshot; the result asks for a path, as a caller. */
export async function serveApi(
  snapshot: SnapshotStore,
  callers: readonly Caller[],
  change: Partial<AppOptions> = {},
) {
  const visitors = callers.map(({ name, companies, rights }) => ({
    by: 'token' as const,
    key: sha256(name),
    name,
    companies: companies === 'all' ? companies : new Set(companies),
    rights: new Set(rights),
  }));
  const options = {
    ...appOptions('', { entrance: entranceOf({ visitors }), now: () => now, ...change }),
    snapshot,
  };
  const servers = await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }]);
  open.push(...servers);
  const url = `http://${servers[0]?.address ?? ''}`;
  return async (
    path: string,
    caller: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<Answered> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...(caller === '' ? {} : { Authorization: `Bearer ${caller}` }), ...headers },
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type');
    const isJson = type?.endsWith('json') === true;
    return {
      status: answer.status,
      type,
      headers: answer.headers,
      text,
      body: isJson ? (JSON.parse(text) as unknown) : undefined,
    };
  };
}

/** Says what is wrong with an answer by the OpenAPI document; '' when nothing is. @param path as the document has it, as `method`. */
export function createChecker(): (path: string, answer: Answered, method?: 'get' | 'post') => string {
  const ajv = new Ajv2020({ allErrors: true, strict: false, formats: { 'date-time': true } });
  ajv.addSchema(openApiDocument(''), 'api');
  return (path, { status, type, body }, method = 'get') => {
    const place = path
      .replaceAll('~', '~0')
      .replaceAll('/', '~1')
      .replaceAll('{', '%7B')
      .replaceAll('}', '%7D');
    const media = (type ?? '').replaceAll('/', '~1').replaceAll('+', '%2B');
    const reference = `api#/paths/${place}/${method}/responses/${status}/content/${media}/schema`;
    const validate = ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
    return validate(body) === true ? '' : ajv.errorsText(validate.errors);
  };
}
