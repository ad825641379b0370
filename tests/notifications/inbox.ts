import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail as it was delivered: to whom the envelope says, and what is in it. */
export interface Mail {
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  header(name: string): string | undefined;
}

/** A mail server on 127.0.0.1 that keeps what it is given. */
export interface Inbox {
  readonly port: number;
  readonly mails: readonly Mail[];
  /** The first mail that fits, now or later. @throws after `patienceMs`, naming the mails that came. */
  waitFor(fits: (mail: Mail) => boolean, patienceMs?: number): Promise<Mail>;
  close(): Promise<void>;
}

function mailOf(parsed: ParsedMail, recipients: readonly string[]): Mail {
  return {
    recipients,
    subject: parsed.subject ?? '',
    html: parsed.html === false ? '' : parsed.html,
    text: parsed.text ?? '',
    header: (name) => {
      const value = parsed.headers.get(name);
      return typeof value === 'string' ? value : undefined;
    },
  };
}

export async function startInbox(): Promise<Inbox> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 1_000,
    onData(stream, session, callback) {
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      simpleParser(stream).then(
        (parsed) => {
          mails.push(mailOf(parsed, recipients));
          callback();
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  // A client that goes away in the middle is no fault of a test.
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    mails,
    async waitFor(fits, patienceMs = 15_000) {
      const end = Date.now() + patienceMs;
      for (;;) {
        const found = mails.find(fits);
        if (found !== undefined) return found;
        if (Date.now() > end)
          throw new Error(`no such mail came; there are: ${mails.map(({ subject }) => subject).join(' | ')}`);
        await delay(50);
      }
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
