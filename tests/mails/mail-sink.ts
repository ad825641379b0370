import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions, SMTPServerSession } from 'smtp-server';

/** A mail that was taken, and how it came. */
export interface TakenMail {
  readonly to: readonly string[];
  readonly parsed: ParsedMail;
  /** As it came, byte by byte. */
  readonly source: string;
  readonly user: string | undefined;
  readonly isSecure: boolean;
}

/** What the server does with a mail: takes it, answers so, or drops the connection after its data, which it keeps. */
export type Mood = 'well' | number | 'drop';

export interface MailSink {
  readonly port: number;
  /** Those of which the data came whole, also where the client was never told. */
  readonly mails: TakenMail[];
  /** For the next recipients: an answer instead of 250. */
  readonly recipientMoods: Mood[];
  /** For the next mails. */
  readonly dataMoods: Mood[];
  /** Sessions that came so far. */
  readonly sessions: () => number;
  close(): Promise<void>;
}

const answer = (code: number) => Object.assign(new Error(`try ${code}`), { responseCode: code });

/** A real mail server on 127.0.0.1. */
export async function startMailSink(options: SMTPServerOptions = {}): Promise<MailSink> {
  const mails: TakenMail[] = [];
  const recipientMoods: Mood[] = [];
  const dataMoods: Mood[] = [];
  let sessions = 0;
  const sockets = new Set<{ destroy(): unknown }>();
  const take = async (source: string, session: SMTPServerSession): Promise<void> => {
    const to = session.envelope.rcptTo.map(({ address }) => address);
    const user: unknown = session.user;
    const parsed = await simpleParser(source);
    mails.push({
      ...{ to, parsed, source, isSecure: session.secure },
      user: typeof user === 'string' ? user : undefined,
    });
  };
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 500,
    logger: false,
    onConnect: (_, callback) => {
      sessions += 1;
      callback();
    },
    onRcptTo: (_, __, callback) => {
      const mood = recipientMoods.shift() ?? 'well';
      callback(typeof mood === 'number' ? answer(mood) : null);
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
      stream.on('end', () => {
        const mood = dataMoods.shift() ?? 'well';
        if (typeof mood === 'number') {
          callback(answer(mood));
          return;
        }
        void take(Buffer.concat(chunks).toString('utf8'), session).then(() => {
          if (mood === 'well') callback();
          else for (const socket of sockets) socket.destroy();
        });
      });
    },
    ...options,
  });
  // A client that goes away is no fault of a test.
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  listener.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    mails,
    recipientMoods,
    dataMoods,
    sessions: () => sessions,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
