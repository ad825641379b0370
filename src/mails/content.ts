import type { ReportDocument } from '../report/document.ts';
import { mailHtml } from '../report/mail-html.tsx';
import type { MailLink } from '../report/mail-html.tsx';
import { reportText } from '../report/text.ts';
import type { Translator } from '../texts/translator.ts';
import type { Mail } from './smtp/contract.ts';

/** What a mail says, whoever gets it. */
export type MailContent = Pick<Mail, 'subject' | 'text' | 'html' | 'attachments'>;

/** More companies than this are counted, not named, in a subject. */
const mostNamed = 3;

/** Companies in a subject. */
export function companiesText(titles: readonly string[], t: Translator): string {
  return titles.length > mostNamed ? t.text('alive.companies', { count: titles.length }) : t.list(titles);
}

/** What is written before every subject, so that a test is not taken for what it tests. */
export const environmentPrefix = (environment: string): string =>
  environment === '' ? '' : `[${environment}] `;

/** Documents as a mail. @param subject one line, without its environment. */
export function contentOf(
  subject: string,
  documents: readonly ReportDocument[],
  {
    environment,
    link,
    attachments = [],
  }: {
    readonly environment: string;
    readonly link: MailLink | undefined;
    readonly attachments?: Mail['attachments'];
  },
): MailContent {
  const below = link === undefined ? '' : `\n${link.text}: ${link.url}\n`;
  return {
    // A name from the configuration must not begin another header.
    subject: `${environmentPrefix(environment)}${subject}`.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '),
    text: `${reportText(documents)}${below}`,
    html: mailHtml(documents, link),
    attachments,
  };
}
