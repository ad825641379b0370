import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailServer } from '../../config/config.ts';
import { MailError } from './contract.ts';
import type { Mail, MailFault, Mailer } from './contract.ts';

/** How long a step may take without a sign of the server. */
const limits = {
  connectionTimeout: 15_000,
  greetingTimeout: 15_000,
  socketTimeout: 30_000,
  dnsTimeout: 15_000,
} as const;
const implicitTlsPort = 465;
/** An answer of a server is for people: no more of it than they read. */
const mostAnswerCharacters = 200;

export interface MailerOptions {
  readonly server: MailServer;
  /** Reads a secret from its file. @throws Error */
  readonly secret: (path: string) => Promise<string>;
}

/** What nodemailer says of a failure, as it documents it. */
interface SmtpFailure {
  readonly message: string;
  /** `EAUTH`, `ETLS`, … */
  readonly code?: unknown;
  /** Of the server, where it answered. */
  readonly responseCode?: unknown;
  /** To which command: `RCPT TO`, `DATA`, … */
  readonly command?: unknown;
}

const clean = (text: string): string =>
  text
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, mostAnswerCharacters);

/** The bare address of `Name <address>`. */
export function addressOf(from: string): string {
  return /<([^<>]+)>$/.exec(from)?.[1] ?? from;
}

/** What an answer or its absence says of the mail. @param isUnderWay its data have been sent. */
function faultOf({ code, responseCode, command }: SmtpFailure, isUnderWay: boolean): MailFault {
  if (typeof responseCode === 'number') {
    // 530: not without a login. Nobody's mail was judged.
    if (code === 'EAUTH' || responseCode === 530 || responseCode === 535) return 'login';
    const isAboutMail = ['MAIL FROM', 'RCPT TO', 'DATA'].some((name) => String(command).startsWith(name));
    return responseCode >= 500 && isAboutMail ? 'refused' : 'passing';
  }
  if (code === 'EAUTH') return 'login';
  return isUnderWay ? 'unknown' : 'passing';
}

function isFailure(value: unknown): value is SmtpFailure {
  return value instanceof Error;
}

function asMailError(error: unknown, isUnderWay: boolean): MailError {
  if (error instanceof MailError) return error;
  if (!isFailure(error)) return new MailError('passing', String(error));
  return new MailError(faultOf(error, isUnderWay), clean(error.message), { cause: error });
}

type Connection = SMTPConnection;

/** Waits for a step of a connection: it calls back, or the connection fails meanwhile, or somebody ends it. */
function step<Result>(
  connection: Connection,
  signal: AbortSignal,
  begin: (done: (error?: Error | null, result?: Result) => void) => void,
): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      connection.close();
      end(new MailError('passing', 'the attempt was ended'));
    };
    const closed = (): void => end(new Error('the server closed the connection'));
    const end = (error?: Error | null, result?: Result): void => {
      signal.removeEventListener('abort', abort);
      connection.off('error', end);
      connection.off('end', closed);
      if (error === undefined || error === null) resolve(result);
      else reject(error);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort);
    connection.on('error', end);
    connection.on('end', closed);
    begin(end);
  });
}

/** Sends through a server by `nodemailer`, which is loaded for the first mail. */
export class SmtpMailer implements Mailer {
  readonly #options: MailerOptions;

  constructor(options: MailerOptions) {
    this.#options = options;
  }

  async send(mail: Mail, signal: AbortSignal): Promise<string> {
    const { from } = this.#options.server;
    const message = await this.#compose(mail);
    return this.#connected(signal, async (connection, begun) => {
      begun();
      const envelope = { from: addressOf(from), to: [mail.to], size: message.length };
      const info = await step<{ readonly response: string }>(connection, signal, (done) =>
        connection.send(envelope, message, done),
      );
      return clean(info?.response ?? '');
    });
  }

  async verify(signal: AbortSignal): Promise<void> {
    await this.#connected(signal, () => Promise.resolve());
  }

  async #compose({ to, subject, text, html, attachments, id, date }: Mail): Promise<Buffer> {
    const { from } = this.#options.server;
    const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
    const domain = addressOf(from).split('@').at(-1) ?? 'localhost';
    return new MailComposer({
      from,
      to: { name: '', address: to },
      subject,
      text,
      html,
      date: new Date(date),
      messageId: `<${id}@${domain}>`,
      // RFC 3834: nobody's holiday notice is to answer.
      headers: { 'Auto-Submitted': 'auto-generated' },
      attachments: attachments.map(({ filename, type, content }) => ({
        filename,
        content: Buffer.from(content),
        contentType: type,
      })),
      disableFileAccess: true,
      disableUrlAccess: true,
    })
      .compile()
      .build();
  }

  /** @param work is told how to say that the mail is under way. */
  async #connected<Result>(
    signal: AbortSignal,
    work: (connection: Connection, begun: () => void) => Promise<Result>,
  ): Promise<Result> {
    const { default: SmtpConnection } = await import('nodemailer/lib/smtp-connection');
    const { host, port, hello, requireTls, ca } = this.#options.server;
    const connection = new SmtpConnection({
      ...limits,
      host,
      port,
      secure: port === implicitTlsPort,
      requireTLS: requireTls && port !== implicitTlsPort,
      name: hello ?? 'localhost',
      tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    });
    // What comes after a step has ended concerns nobody.
    connection.on('error', () => undefined);
    let isUnderWay = false;
    try {
      await step(connection, signal, (done) => connection.connect(done));
      await this.#logIn(connection, signal);
      const result = await work(connection, () => (isUnderWay = true));
      connection.quit();
      return result;
    } catch (error) {
      connection.close();
      throw asMailError(error, isUnderWay);
    }
  }

  async #logIn(connection: Connection, signal: AbortSignal): Promise<void> {
    const { login } = this.#options.server;
    if (login === undefined) return;
    let pass: string;
    try {
      pass = await this.#options.secret(login.passwordFile);
    } catch (error) {
      throw new MailError('login', error instanceof Error ? error.message : String(error));
    }
    const credentials = { user: login.username, pass };
    await step(connection, signal, (done) => connection.login({ credentials }, done));
  }
}
