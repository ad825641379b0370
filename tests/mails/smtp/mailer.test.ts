import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { MailServer } from '../../../src/config/config.ts';
import { MailError } from '../../../src/mails/smtp/contract.ts';
import type { Mail } from '../../../src/mails/smtp/contract.ts';
import { SmtpMailer } from '../../../src/mails/smtp/mailer.ts';
import { makeCertificate } from '../../helpers/certificate.ts';
import { startMailSink } from '../mail-sink.ts';
import type { MailSink } from '../mail-sink.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function sinkWith(options?: Parameters<typeof startMailSink>[0]): Promise<MailSink> {
  const sink = await startMailSink(options);
  ends.push(() => sink.close());
  return sink;
}

const mail: Mail = {
  to: 'orders@acme.example',
  subject: 'Rapport: ACME é',
  text: 'Zoë\n.\nline',
  html: '<p>Zoë</p>',
  attachments: [{ filename: 'acme.csv', type: 'text/csv; charset=utf-8', content: '\uFEFFa;b\r\n' }],
  id: 'erp-0123',
  date: Date.UTC(2026, 10, 23, 6),
};
const mailerOf = (port: number, changes: Partial<MailServer> = {}) =>
  new SmtpMailer({
    server: { host: '127.0.0.1', port, from: 'ERP <erp@acme.example>', requireTls: false, ...changes },
    secret: (path) =>
      path === '/password' ? Promise.resolve('hush') : Promise.reject(new Error(`${path} is empty`)),
  });
async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  ends.push(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const patient = () => AbortSignal.timeout(30_000);
async function faultOf(sending: Promise<unknown>): Promise<string> {
  const error = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MailError)) throw new Error(`no MailError: ${String(error)}`);
  return `${error.fault}: ${error.message}`;
}

it('sends text, HTML and a file, which nobody answers by itself', async () => {
  const sink = await sinkWith();
  expect(await mailerOf(sink.port).send(mail, patient())).toMatch(/^250 /);
  const [taken] = sink.mails;
  expect(taken?.to).toEqual(['orders@acme.example']);
  expect(taken?.parsed.subject).toBe('Rapport: ACME é');
  expect(taken?.parsed.from?.text).toBe('"ERP" <erp@acme.example>');
  expect(taken?.parsed.text?.trim()).toBe('Zoë\n.\nline');
  expect(taken?.parsed.html).toContain('Zoë');
  expect(taken?.parsed.messageId).toBe('<erp-0123@acme.example>');
  expect(taken?.parsed.date?.getTime()).toBe(mail.date);
  expect(taken?.parsed.headers.get('auto-submitted')).toBe('auto-generated');
  expect(taken?.parsed.attachments.map(({ filename, content }) => [filename, content.toString()])).toEqual([
    ['acme.csv', '\uFEFFa;b\r\n'],
  ]);
});

describe('what a server says', () => {
  it.each([
    ['recipientMoods', 550, /^refused: .*550/],
    ['recipientMoods', 451, /^passing: .*451/],
    ['dataMoods', 554, /^refused: .*554/],
    ['dataMoods', 451, /^passing: .*451/],
    ['dataMoods', 'drop', /^unknown: /],
  ] as const)('%s %s', async (moods, mood, wanted) => {
    const sink = await sinkWith();
    sink[moods].push(mood);
    const mailer = mailerOf(sink.port);
    expect(await faultOf(mailer.send(mail, patient()))).toMatch(wanted);
    await mailer.send(mail, patient());
    const ids = sink.mails.map(({ parsed }) => parsed.messageId);
    // It had taken the first before the connection was dropped: both copies are known for one.
    expect(ids).toEqual(
      mood === 'drop' ? ['<erp-0123@acme.example>', '<erp-0123@acme.example>'] : ['<erp-0123@acme.example>'],
    );
  });

  it('nothing, or nothing that is SMTP, is passing', async () => {
    expect(await faultOf(mailerOf(1).send(mail, patient()))).toMatch(/^passing: /);
    const odd = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 no\r\n\r\n'));
    const port = await listening(odd);
    expect(await faultOf(mailerOf(port).send(mail, patient()))).toMatch(/^passing: /);
  });

  it('ends at once when it is told to, whatever the server does', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined));
    const port = await listening(mute);
    const controller = new AbortController();
    const sending = faultOf(mailerOf(port).send(mail, controller.signal));
    controller.abort();
    expect(await sending).toBe('passing: the attempt was ended');
  });
});

describe('TLS and logins', () => {
  const login = { username: 'erp', passwordFile: '/password' };

  async function secureSink() {
    const folder = mkdtempSync(join(tmpdir(), 'mailer-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    const { cert, key } = makeCertificate(folder, 'mail', 'localhost');
    const sink = await sinkWith({
      cert,
      key,
      disabledCommands: [],
      onAuth: ({ username, password }, { secure }, callback) =>
        password === 'hush' && secure
          ? callback(null, { user: username })
          : callback(new Error('Invalid username or password')),
    });
    return { sink, cert };
  }

  it('logs in, over STARTTLS, with a certificate that it verifies', async () => {
    const { sink, cert } = await secureSink();
    const secure = { host: 'localhost', requireTls: true, login };
    await mailerOf(sink.port, { ...secure, ca: cert }).send(mail, patient());
    expect(sink.mails.map(({ user, isSecure }) => [user, isSecure])).toEqual([['erp', true]]);
    expect(await faultOf(mailerOf(sink.port, secure).send(mail, patient()))).toMatch(
      /^passing: .*certificate/,
    );
    await mailerOf(sink.port, { ...secure, ca: cert }).verify(patient());
    expect(sink.mails).toHaveLength(1);
  });

  it('sends nothing, and no password, to a server without TLS', async () => {
    const commands: string[] = [];
    const sink = await sinkWith({
      disabledCommands: ['STARTTLS'],
      onAuth: ({ method }, _, callback) => {
        commands.push(method);
        callback(null, { user: 'erp' });
      },
    });
    expect(await faultOf(mailerOf(sink.port, { requireTls: true, login }).send(mail, patient()))).toMatch(
      /^passing: .*(TLS|tls)/,
    );
    expect([commands, sink.mails]).toEqual([[], []]);
  });

  it('says so where the password is wrong, missing or needed', async () => {
    const { sink, cert } = await secureSink();
    const secure = { host: 'localhost', requireTls: true, ca: cert };
    const wrong = new SmtpMailer({
      server: { ...secure, port: sink.port, from: 'a@b.example', login },
      secret: () => Promise.resolve('wrong-password'),
    });
    const fault = await faultOf(wrong.verify(patient()));
    expect(fault).toMatch(/^login: /);
    expect(fault).not.toContain('wrong-password');
    const none = { ...secure, login: { username: 'erp', passwordFile: '/none' } };
    expect(await faultOf(mailerOf(sink.port, none).verify(patient()))).toBe('login: /none is empty');
    expect(await faultOf(mailerOf(sink.port, secure).send(mail, patient()))).toMatch(/^login: .*530/);
    expect(sink.mails).toEqual([]);
  });
});
