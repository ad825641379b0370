import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { startRelaunches } from '../../src/demo/relaunches.ts';
import type { Relaunches } from '../../src/demo/relaunches.ts';
import type { Mail } from '../notifications/inbox.ts';

/** Failed orders, one of each monitor. The ERP has the second one locked at the first call. */
export const passing = [
  ['calls_a', 'A-1'],
  ['calls_b', 'B-3'],
  ['calls_c', 'C-1'],
  ['calls_d', 'D-1'],
  ['calls_e', 'E-1'],
] as const;
/** Another attempt does not help this one. Its integration might try it again: the record itself is told half an hour later. */
export const lasting = ['calls_f', 'F-9'] as const;

/** Has remedies; the other one has the same failures at the same time, and none. */
export const mended = { name: 'acme', title: 'ACME NV' } as const;
export const plain = { name: 'bolt', title: 'Bolt BV' } as const;

const staggerMs = 1500;
/** How often a record is tried. */
export const attempts = 3;

/**
 * The demo's ERP and its shop: it takes five calls in ten seconds. Whoever asks goes through a
 * server that counts.
 */
export class RelaunchedOrders {
  /** `POST /acme/calls_a/A-1/relaunch 200` */
  readonly calls: string[] = [];
  readonly #shop: DatabaseSync;
  #erp: Relaunches | undefined;
  readonly #counting: Server;

  constructor(shop: DatabaseSync) {
    this.#shop = shop;
    shop.exec('CREATE TABLE calls (company TEXT, monitor TEXT, number TEXT, since TEXT, failed INTEGER)');
    this.#counting = createServer((request, response) => {
      const forward = async (): Promise<void> => {
        const { method = '', url = '' } = request;
        const answer = await fetch(new URL(url, this.#erp?.url), { method });
        this.calls.push(`${method} ${url} ${answer.status}`);
        const wait = answer.headers.get('Retry-After');
        response.writeHead(answer.status, wait === null ? {} : { 'Retry-After': wait });
        response.end(await answer.text());
      };
      forward().catch(() => response.destroy());
    });
  }

  async start(): Promise<void> {
    this.#erp = await startRelaunches(
      (company, monitor, number) => {
        if (monitor === lasting[0]) return 'refused';
        const sent = this.#shop.prepare(
          'UPDATE calls SET failed = 0 WHERE company = ? AND monitor = ? AND number = ? AND failed = 1',
        );
        return Number(sent.run(company, monitor, number).changes) > 0 ? 'relaunched' : 'refused';
      },
      () => performance.now(),
    );
    await new Promise<void>((done) => this.#counting.listen(0, '127.0.0.1', done));
  }

  /** All of them fail, at both companies, one after another. */
  async fail(): Promise<void> {
    // Somebody else has used up its limit of calls for the next ten seconds.
    const others = Array.from({ length: 5 }, () =>
      fetch(new URL('/acme/calls_a/X-1/relaunch', this.#erp?.url), { method: 'POST' }),
    );
    for (const answer of await Promise.all(others)) await answer.text();
    const insert = this.#shop.prepare('INSERT INTO calls VALUES (?, ?, ?, ?, 1)');
    for (const [monitor, number] of [lasting, ...passing]) {
      for (const { name } of [mended, plain]) insert.run(name, monitor, number, new Date().toISOString());
      await delay(staggerMs);
    }
  }

  repair(): void {
    this.#shop.exec('UPDATE calls SET failed = 0');
  }

  async stop(): Promise<void> {
    this.#counting.close().closeAllConnections();
    await this.#erp?.stop();
  }

  /** The section `remedies:`. */
  get remedies(): string {
    const { port } = this.#counting.address() as AddressInfo;
    return `
remedies:
  least_success: 0
  list:
    - name: send_again
      errors: [rate-limit]
      companies: [${mended.name}]
      dry_run: false
      wait: 0s
      pause: 1m
      attempts: ${attempts}
      http: { url: "http://127.0.0.1:${port}/{company}/{monitor}/{record}/relaunch", allow_private: true }
`;
  }

  /** Entries of `monitors:`. */
  get monitors(): string {
    return [...passing, lasting]
      .map(
        ([name]) => `
  - name: ${name}
    kind: records
    flow: ${name}${name === lasting[0] ? '' : '\n    retry_wait: 0s'}
    companies: [${mended.name}, ${plain.name}]
    database: shop
    failed: >-
      SELECT number AS record, since, '429 Too Many Requests' AS error, 'http:429' AS code
      FROM calls WHERE failed AND monitor = '${name}' AND company = :company`,
      )
      .join('');
  }

  /** Those of a number, in their order. */
  callsFor(number: string): readonly string[] {
    return this.calls.filter((call) => call.includes(`/${number}/`)).map((call) => call.slice(-3));
  }
}

/** Mails about one of its monitors at a company. */
export function mailsAbout(mails: readonly Mail[], { title }: { readonly title: string }): readonly Mail[] {
  return mails.filter(({ subject, text }) => subject.includes(title) && text.includes('calls_'));
}
