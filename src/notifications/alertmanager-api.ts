import { z } from 'zod';
import type { OutboundRequest, OutboundResponse } from '../outbound/contract.ts';
import { createSend } from '../outbound/send.ts';

/** Alertmanager is near and answers from memory. */
const patienceMs = 10_000;
/** Far more than the alerts of a large installation take. */
const mostBytes = 8 * 1024 * 1024;

const alertsSchema = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    receivers: z.array(z.object({ name: z.string() })),
    status: z.object({ silencedBy: z.array(z.string()), inhibitedBy: z.array(z.string()) }),
  }),
);

/** An alert as Alertmanager has it. */
export type ActiveAlert = z.output<typeof alertsSchema>[number];

/** An alert to post (API v2, `postableAlert`); instants as ISO 8601. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Alertmanager's HTTP API, version 2. Every method throws an Error with a message for people. */
export class AlertmanagerApi {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param url where Alertmanager is, with the prefix of its routes and a login for basic authentication, if any. */
  constructor(url: URL) {
    this.#base = new URL(url.href.replace(/\/*$/, '/'));
    const { username, password } = this.#base;
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.#headers =
      username === '' ? {} : { Authorization: `Basic ${Buffer.from(login).toString('base64')}` };
    this.#base.username = '';
    this.#base.password = '';
  }

  /** The address without its login. */
  get address(): string {
    return this.#base.href.replace(/\/$/, '');
  }

  async post(alerts: readonly PostableAlert[]): Promise<void> {
    await this.ask('api/v2/alerts', { method: 'POST', body: JSON.stringify(alerts) });
  }

  /** The alerts that fit all matchers, each written `label="value"`. */
  async alerts(matchers: readonly string[]): Promise<readonly ActiveAlert[]> {
    const query = new URLSearchParams(matchers.map((matcher): [string, string] => ['filter', matcher]));
    const text = await this.ask(`api/v2/alerts?${query.toString()}`, { method: 'GET' });
    try {
      return alertsSchema.parse(JSON.parse(text));
    } catch (error) {
      throw new Error(`${this.address} does not answer as Alertmanager does`, { cause: error });
    }
  }

  /** What Alertmanager answers to a path below its address, within limits of time and size. */
  async ask(path: string, request: Pick<OutboundRequest, 'method' | 'body'>): Promise<string> {
    const url = new URL(path, this.#base);
    const policy = { hosts: new Set([url.host]), allowsPrivate: true, timeoutMs: patienceMs, mostBytes };
    const headers = { ...this.#headers, 'Content-Type': 'application/json' };
    let answer: OutboundResponse;
    try {
      answer = await createSend(policy)({ ...request, url, headers }, AbortSignal.timeout(patienceMs));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`cannot reach ${this.address}: ${reason}`, { cause: error });
    }
    const { status, body } = answer;
    if (status < 200 || status > 299)
      throw new Error(`${this.address} answered ${status}: ${body.trim().slice(0, 200)}`);
    return body;
  }
}
