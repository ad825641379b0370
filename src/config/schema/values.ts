import { z } from 'zod';
import { formatDuration } from '../../duration.ts';
import { duration } from '../../monitors/shared/settings.ts';
import { languages, responders } from '../../known-errors/catalogue.ts';
import { isTimeZone } from '../../time.ts';

/** The languages of mails and pages. */
export { languages };
/** The parties who act first on an error, whether or not the configuration says more of them. */
export const knownResponders: readonly string[] = responders;

/** Words of `to:` in `notify:` that stand for whoever the alert names; no party may be called so. */
export const recipientWords: readonly string[] = ['company', 'responder'];

export const text = z.string().trim().min(1);

/** What can stand in a path, on a command line and in a label without quotes. */
export const name = z.string().regex(/^[A-Za-z_][\w.-]*$/, {
  error: 'is no name; begin with a letter, go on with letters, digits, "_", "-" and "."',
});

/** Stands for a company in the database too: it takes whatever the ERP calls its dossiers. */
export const companyName = z
  .string()
  .regex(/^\S(?:.{0,98}\S)?$/u, { error: 'is no name of a company; write 1 to 100 characters, on one line' });

export const timezone = z.string().refine(isTimeZone, {
  error: 'is no time zone; write an IANA name such as Europe/Brussels, or UTC',
});

export const criticality = z.enum(['critical', 'normal']);

/** A duration of at least `leastMs`. */
export const lasting = (leastMs: number) =>
  duration.refine((ms) => ms >= leastMs, { error: `must be at least ${formatDuration(leastMs)}` });

/** The path of a file; relative ones begin at the folder of the configuration. */
export const file = (content: string) =>
  text.describe(
    `File that holds ${content}. A relative path begins at the folder of the configuration file.`,
  );
