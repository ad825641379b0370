import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Subject } from './suite-bench.ts';

const run = promisify(execFile);

/** Gitea itself, with the repository `acme/erp`, its issue 1, and the accounts `bridge` and `someone`. */
export interface RealGitea {
  readonly subject: Omit<Subject, 'open'>;
  /** Of the account `bridge`. */
  readonly token: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Nothing leaves this machine, and nobody registers. */
const configOf = (folder: string, port: number, binary: string): string => `
APP_NAME = test
RUN_MODE = prod
WORK_PATH = ${folder}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
STATIC_ROOT_PATH = ${dirname(binary)}
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = ${folder}/gitea.db
[repository]
ROOT = ${folder}/repositories
[security]
INSTALL_LOCK = true
PASSWORD_HASH_ALGO = pbkdf2$1000$50
[service]
DISABLE_REGISTRATION = true
[log]
MODE = console
LEVEL = warn
`;

interface Answer {
  readonly number: number;
  readonly id: number;
  readonly type: string;
  readonly body: string;
  readonly title: string;
  readonly name: string;
}

class Rest {
  readonly #url: URL;
  readonly #token: string;

  constructor(url: URL, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async text(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await fetch(new URL(`/api/v1${path}`, this.#url), {
      method,
      headers: { Authorization: `token ${this.#token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  }

  async one(method: string, path: string, body?: unknown): Promise<Answer> {
    return JSON.parse((await this.text(method, path, body)) || '{}') as Answer;
  }

  async many(path: string): Promise<readonly Answer[]> {
    return (JSON.parse(await this.text('GET', path)) ?? []) as readonly Answer[];
  }
}

const issues = '/repos/acme/erp/issues';

/** What people see of a text, without blocks of code and their words: elements, links, mentions. */
async function activeIn(rest: Rest, text: string): Promise<readonly string[]> {
  const body = { Text: text, Mode: 'comment', Context: 'acme/erp' };
  const html = await rest.text('POST', '/markdown', body);
  const outside = html.replaceAll(/<pre\b[^>]*><code\b[^>]*>(?:[^<]|<\/?span\b[^>]*>)*<\/code><\/pre>/g, '');
  const rests = outside.replaceAll(/<\/?div\b[^>]*>/g, '').trim();
  return rests === '' ? [] : [rests];
}

function colleagueOf(rest: Rest, admin: Rest): Subject['colleague'] {
  const change = async (id: string, body: unknown): Promise<void> => {
    await rest.one('PATCH', `${issues}/${id}`, body);
  };
  async function label(id: string, name: string): Promise<void> {
    const found = (await rest.many('/repos/acme/erp/labels')).find((one) => one.name === name);
    await rest.text('POST', `${issues}/${id}/labels`, { labels: [found?.id] });
  }
  return {
    comment: async (id, body) => {
      await rest.one('POST', `${issues}/${id}/comments`, { body });
    },
    assign: (id) => change(id, { assignees: ['someone'] }),
    retitle: (id, title) => change(id, { title }),
    prioritise: (id) => label(id, 'urgent'),
    close: (id) => change(id, { state: 'closed' }),
    reopen: (id) => change(id, { state: 'open' }),
    reject: async (id) => {
      await label(id, 'wontfix');
      await change(id, { state: 'closed' });
    },
    remove: async (id) => {
      await admin.text('DELETE', `${issues}/${id}`);
    },
  };
}

async function prepare(admin: Rest): Promise<void> {
  await admin.one('POST', '/orgs', { username: 'acme' });
  await admin.one('POST', '/orgs/acme/repos', { name: 'erp' });
  for (const name of ['bridge', 'someone'])
    await admin.text('PUT', `/repos/acme/erp/collaborators/${name}`, { permission: 'write' });
  for (const name of ['erp', 'urgent', 'wontfix'])
    await admin.one('POST', '/repos/acme/erp/labels', { name, color: '#ee0701' });
  await admin.one('POST', issues, { title: 'What nobody refers to' });
  for (const text of ['@someone', '#1', '<b>a</b>', 'http://a.example', '- a'])
    if ((await activeIn(admin, text)).length === 0) throw new Error(`nobody would notice ${text}`);
}

function subjectOf(url: URL, rest: Rest, admin: Rest, stop: () => Promise<void>): Omit<Subject, 'open'> {
  const timeline = (id: string) => rest.many(`${issues}/${id}/timeline?limit=50`);
  const remarks = async (id: string) =>
    (await timeline(id)).filter(({ type }) => type === 'comment').map(({ body }) => body);
  return {
    url,
    colleague: colleagueOf(rest, admin),
    async count(title) {
      const found: Answer[] = [];
      for (let page = 1; page === 1 || found.length === (page - 1) * 50; page += 1)
        found.push(...(await rest.many(`${issues}?state=all&limit=50&page=${page}`)));
      return found.filter((one) => one.title === title).length;
    },
    remarks,
    async active(id) {
      const { body } = await rest.one('GET', `${issues}/${id}`);
      const lists = await Promise.all([body, ...(await remarks(id))].map((text) => activeIn(rest, text)));
      // A reference would be told at the issue that it names.
      return [...lists.flat(), ...(await timeline('1')).map(({ type }) => `issue 1: ${type}`)];
    },
    stop,
  };
}

async function answers(url: URL, isOver: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 600 && !isOver(); attempt += 1) {
    const answer = await fetch(new URL('/api/v1/version', url)).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(200);
  }
  throw new Error('Gitea does not answer');
}

/** Starts the program that GITEA_BINARY names, on this machine's own address. */
export async function startRealGitea(): Promise<RealGitea> {
  const binary = process.env['GITEA_BINARY'] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'gitea-'));
  const port = await freePort();
  const config = join(folder, 'app.ini');
  await writeFile(config, configOf(folder, port, binary));
  const environment = { ...process.env, HOME: folder, GITEA_WORK_DIR: folder };
  const gitea = async (...words: readonly string[]) =>
    (await run(binary, ['--config', config, ...words], { env: environment })).stdout;
  await gitea('migrate');
  const tokens: string[] = [];
  for (const [name, ...more] of [['root1', '--admin'], ['bridge'], ['someone']] as const) {
    const common = ['--username', name, '--password', 'Pass-word-1', '--email', `${name}@gitea.example`];
    await gitea('admin', 'user', 'create', ...common, '--must-change-password=false', ...more);
    const token = ['--username', name, '--token-name', 't', '--scopes', 'all', '--raw'];
    // Warnings may come before it.
    tokens.push(
      /[0-9a-f]{40}\s*$/.exec(await gitea('admin', 'user', 'generate-access-token', ...token))?.[0].trim() ??
        '',
    );
  }
  const server = spawn(binary, ['--config', config, 'web'], { env: environment, stdio: 'ignore' });
  async function stop(): Promise<void> {
    if (server.exitCode === null) {
      const exit = once(server, 'exit');
      server.kill('SIGTERM');
      await exit;
    }
    await rm(folder, { recursive: true, force: true });
  }
  const url = new URL(`http://127.0.0.1:${port}`);
  const [admin = '', token = '', someone = ''] = tokens;
  const owner = new Rest(url, admin);
  try {
    await answers(url, () => server.exitCode !== null);
    await prepare(owner);
  } catch (error) {
    await stop();
    throw error;
  }
  return { subject: subjectOf(url, new Rest(url, someone), owner, stop), token };
}
