import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A received mail. */
export interface Caught {
  readonly to: readonly string[];
  readonly subject: string;
  /** Its address for a browser; absent when it has no HTML, or when the maximum number is already saved. */
  readonly htmlFile?: string;
}

/** Maximum size of a mail, in bytes, and maximum number of saved mails; further mails are only printed. */
const mostBytes = 10_000_000;
const mostSaved = 1000;

/**
 * A mail server on 127.0.0.1 that delivers nothing: it saves each mail as `<number>.eml`, and its HTML as `<number>.html`.
 *
 * @throws Error when the port is in use.
 */
export async function startInbox(options: {
  readonly port: number;
  readonly folder: string;
  readonly onMail: (mail: Caught) => void;
  readonly onError: (error: Error) => void;
}): Promise<{ stop(): Promise<void> }> {
  const { port, folder, onMail, onError } = options;
  await mkdir(folder, { recursive: true });
  let count = 0;
  const take = async (raw: Buffer, to: readonly string[]): Promise<void> => {
    const name = join(folder, String(++count).padStart(4, '0'));
    const { subject = '(no subject)', html } = await simpleParser(raw);
    const isSaved = count <= mostSaved;
    if (isSaved) await writeFile(`${name}.eml`, raw);
    const hasHtml = isSaved && html !== false;
    if (hasHtml) await writeFile(`${name}.html`, html);
    onMail({ to, subject, ...(hasHtml ? { htmlFile: `${name}.html` } : {}) });
  };
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: mostBytes,
    closeTimeout: 1000,
    onData(stream, session, callback) {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      buffer(stream)
        .then((raw) => take(raw, to))
        .then(
          () => callback(),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
        );
    },
  });
  const listener = server.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  // Errors from here on are those of clients that disconnect.
  server.on('error', onError);
  return { stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
