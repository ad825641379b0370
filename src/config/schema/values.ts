import { z } from 'zod';
import { formatDuration } from '../../duration.ts';
import { duration } from '../../monitors/shared/settings.ts';
import { languages, responders } from '../../known-errors/catalogue.ts';
import { isTimeZone } from '../../time.ts';

/** The languages of mails and pages. */
export { languages };
/** The built-in first responders; `responders:` in the configuration may add addresses to them. */
export const knownResponders: readonly string[] = responders;

/** Words of `to:` in `notify:` that stand for a party named by the alert; no responder may have one of these names. */
export const recipientWords: readonly string[] = ['company', 'responder'];

export const text = z.string().trim().min(1);

/** A name that needs no quotes in a path, on a command line or in a label. */
export const name = z.string().regex(/^[A-Za-z_][\w.-]*$/, {
  error: 'is not a valid name; start with a letter or "_" and continue with letters, digits, "_", "-" or "."',
});

/** Name of a company, as the databases spell it: whatever the ERP calls its dossiers is allowed. */
export const companyName = z.string().regex(/^\S(?:.{0,98}\S)?$/u, {
  error: 'is not a valid company name; write 1 to 100 characters on one line, with no space at either end',
});

/** The value of a label that every series bears, and that mails begin with. */
export const environmentName = z
  .string()
  .trim()
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u, {
    error:
      'is not a valid name of an environment; write 1 to 64 characters on one line, without control characters',
  });

export const timezone = z.string().refine(isTimeZone, {
  error: 'is not a time zone; write an IANA name such as Europe/Brussels, or UTC',
});

export const criticality = z.enum(['critical', 'normal']);

/** A duration of at least `leastMs` milliseconds. */
export const durationOfAtLeast = (leastMs: number) =>
  duration.refine((ms) => ms >= leastMs, { error: `must be at least ${formatDuration(leastMs)}` });

/** The path of a file; a relative one starts at the directory of the configuration file. */
export const fileWith = (content: string) =>
  text.describe(`File with ${content}. A relative path starts at the directory of the configuration file.`);
