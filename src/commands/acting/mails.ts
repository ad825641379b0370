import type { MailServer } from '../../config/config.ts';
import { readSecret } from '../../config/source/files.ts';
import { MailService } from '../../mails/service.ts';
import { SmtpMailer } from '../../mails/smtp/mailer.ts';
import { mailKind } from '../../mails/plan.ts';
import { createAsker } from '../../prometheus/asker.ts';
import { PrometheusError } from '../../prometheus/problem.ts';
import { cutSecrets } from '../../secrets.ts';
import { Translator } from '../../texts/translator.ts';
import { languages } from '../../known-errors/catalogue.ts';
import type { ActingPart, PartTools } from './part.ts';
import { secretOf } from './secret.ts';

/** Mails that the exporter itself sends, of a configuration that has them. */
export function makeMails({ config, store, snapshot, log, now }: PartTools): ActingPart | undefined {
  const { mails, prometheus: server } = config;
  if (mails === undefined) return undefined;
  const service = new MailService({
    ...{ config, mails, store, snapshot, log, now },
    mailer: new SmtpMailer({ server: mails.server, secret: secretOf }),
    asker: (total) =>
      server === undefined
        ? () => Promise.reject(new PrometheusError('unreachable', 'there is no prometheus'))
        : createAsker({ server, readSecret, total }),
    translator: (language) => new Translator(languages.find((known) => known === language) ?? 'en'),
    startedAt: performance.timeOrigin,
  });
  return {
    handlers: new Map([[mailKind, service.handler]]),
    start: () => service.start(),
    stop: () => service.stop(),
    mails: service,
  };
}

/** How long the mail server may take to let us in. */
const checkMs = 30_000;

/** Logs in to a mail server, and sends nothing. @returns what is wrong, for people; undefined: nothing. */
export async function mailProblem(server: MailServer, signal?: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.timeout(checkMs);
  const ends = signal === undefined ? limit : AbortSignal.any([limit, signal]);
  try {
    await new SmtpMailer({ server, secret: secretOf }).verify(ends);
    return undefined;
  } catch (error) {
    return cutSecrets(error instanceof Error ? error.message : String(error));
  }
}
