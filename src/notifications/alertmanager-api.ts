import { z } from 'zod';

/** Alertmanager is near and answers from memory. */
const patienceMs = 10_000;

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

/** Message for a request that failed. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${patienceMs / 1_000} s`;
  const { cause } = error;
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message;
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
      username === '' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
    this.#base.username = '';
    this.#base.password = '';
  }

  /** The address without its login. */
  get address(): string {
    return this.#base.href.replace(/\/$/, '');
  }

  async post(alerts: readonly PostableAlert[]): Promise<void> {
    await this.#ask('api/v2/alerts', { method: 'POST', body: JSON.stringify(alerts) });
  }

  /** The alerts that fit all matchers, each written `label="value"`. */
  async alerts(matchers: readonly string[]): Promise<readonly ActiveAlert[]> {
    const query = new URLSearchParams(matchers.map((matcher): [string, string] => ['filter', matcher]));
    const text = await this.#ask(`api/v2/alerts?${query.toString()}`, { method: 'GET' });
    try {
      return alertsSchema.parse(JSON.parse(text));
    } catch (error) {
      throw new Error(`${this.address} does not answer as Alertmanager does`, { cause: error });
    }
  }

  async #ask(path: string, request: { readonly method: string; readonly body?: string }): Promise<string> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, this.#base), {
        ...request,
        headers: { ...this.#headers, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(patienceMs),
      });
      text = await response.text();
    } catch (error) {
      throw new Error(`cannot reach ${this.address}: ${faultOf(error)}`, { cause: error });
    }
    if (!response.ok)
      throw new Error(`${this.address} answered ${response.status}: ${text.trim().slice(0, 200)}`);
    return text;
  }
}
