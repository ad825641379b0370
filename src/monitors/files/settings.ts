import { RE2JS, RE2JSException } from 're2js';
import { z } from 'zod';
import type { SettingsProblem } from '../contract.ts';
import { failureSettings, lateLimits, silenceLimits, unlimitedDoubts } from '../records/settings.ts';
import { globProblem } from './glob.ts';

/** The company's name in the path of a folder. */
export const companyPlaceholder = '{company}';

const glob = z.string().superRefine((pattern, context) => {
  const problem = globProblem(pattern);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** A pattern in RE2's syntax, whose first group is what is wanted. */
const pattern = z.string().transform((text, context) => {
  try {
    const compiled = RE2JS.compile(text, RE2JS.MULTILINE);
    if (compiled.groupCount() >= 1) return compiled;
    context.addIssue({ code: 'custom', message: 'has no group; put what is wanted in parentheses' });
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    context.addIssue({ code: 'custom', message: `is no pattern of RE2: ${error.message}` });
  }
  return z.NEVER;
});

const relativePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !/\\|\0/.test(path), {
    error: 'must be a path below folder, written with /',
  });

const errorSettings = z.strictObject({
  file: relativePath
    .prefault('{name}')
    .describe(
      'The file that says why, beside the failed one: `{name}` is its name, `{stem}` its name without the last extension. Absent: the failed file itself.',
    )
    .meta({ examples: ['{stem}.err'] }),
  pattern: pattern
    .optional()
    .describe(
      'RE2 pattern, `^` and `$` at each line, whose first group is the message. Absent: the whole text.',
    )
    .meta({ examples: ['^ERROR: (.*)$'] }),
  code: pattern
    .optional()
    .describe('RE2 pattern whose first group is the code of the error.')
    .meta({ examples: ['status=([0-9]{3})'] }),
});

const watched = {
  files: glob
    .describe(
      'Which files, below `folder`: `*` is anything but `/`, `**` any folders. Hidden files are not matched by `*`.',
    )
    .meta({ examples: ['out/*.xml'] }),
  time: z
    .enum(['modified', 'changed'])
    .default('modified')
    .describe(
      'Since when a file is there: `modified`: its contents are as they are, or, where the file system knows it and it is earlier, the file exists; `changed`: it was last renamed or moved, which not every file system keeps.',
    )
    .meta({ examples: ['changed'] }),
} as const;

/** The settings of kind `files`. */
export const settings = z.object({
  folder: z
    .string()
    .refine((path) => path.startsWith('/') && !path.includes('\0'), {
      error: 'must be the whole path of a folder, beginning with /',
    })
    .describe(
      'The folder, local or mounted; `{company}` in it is the name of the company. Nothing outside of it is read, also not by symbolic links.',
    )
    .meta({ examples: ['/srv/edi/{company}'] }),
  must_exist: relativePath
    .optional()
    .describe(
      'A file or folder below `folder` that is always there. Without it the run fails: an empty folder may be one whose mount is gone.',
    )
    .meta({ examples: ['out/.mounted'] }),
  record: pattern
    .optional()
    .describe(
      'RE2 pattern on the name of a file, whose first group is the key of the record. Absent: the name. Files with the same key are one record.',
    )
    .meta({ examples: ['^ORD-([0-9]+)'] }),
  waiting: z
    .strictObject({
      ...watched,
      empty: z
        .enum(['waiting', 'failed'])
        .default('waiting')
        .describe(
          'As what a file without contents counts that has not been modified for a minute. Failed ones have the code `file:empty`.',
        )
        .meta({ examples: ['failed'] }),
    })
    .optional()
    .describe('The files that wait to be taken.')
    .meta({ examples: [{ files: 'out/*.xml' }] }),
  failed: z
    .strictObject({
      ...watched,
      error: errorSettings
        .optional()
        .describe('Where the message of the error stands. Absent: there is none.')
        .meta({ examples: [{ file: '{stem}.err' }] }),
    })
    .optional()
    .describe('The files that have failed and are still there.')
    .meta({ examples: [{ files: 'error/*.xml', error: { file: '{stem}.err' } }] }),
  finished: z
    .strictObject(watched)
    .optional()
    .describe('The files that were taken: the newest tells when the flow last worked.')
    .meta({ examples: [{ files: 'done/*.xml' }] }),
  ...lateLimits,
  ...silenceLimits,
  ...failureSettings,
});
export type Settings = z.output<typeof settings>;

/** See `MonitorKind.doubts`. */
export function doubts(
  { waiting, finished, must_exist: mustExist }: Settings,
  written: ReadonlySet<string>,
): SettingsProblem[] {
  const unlimited = unlimitedDoubts({ waiting, finished }, written, {
    noun: 'file',
    lateAlert: 'ErpRecordsLate',
  });
  if (mustExist !== undefined) return unlimited;
  const message =
    'where it is a mount that is gone, it is an empty folder, and nothing seems to wait: add must_exist, a file that is always there';
  return [...unlimited, { path: ['folder'], message }];
}

/** Cross-checks of the settings; see `MonitorKind.problems`. */
export function problems({
  folder,
  waiting,
  failed,
  finished,
  late_after,
  silent_after,
  failed_threshold,
  retry_wait,
}: Settings): SettingsProblem[] {
  const problem = (path: string, message: string): SettingsProblem => ({ path: [path], message });
  const canFail = failed !== undefined || waiting?.empty === 'failed';
  return [
    ...(failed === undefined && waiting === undefined && finished === undefined
      ? [{ path: [], message: 'has neither failed nor waiting nor finished; say which files it watches' }]
      : []),
    ...(folder.replaceAll(companyPlaceholder, '').includes('{')
      ? [problem('folder', `knows no other placeholder than ${companyPlaceholder}`)]
      : []),
    ...(waiting === undefined && late_after.length > 0
      ? [problem('late_after', 'only waiting files can be late; add waiting')]
      : []),
    ...(!canFail && failed_threshold.length > 0
      ? [problem('failed_threshold', 'counts failed files; add failed')]
      : []),
    ...(!canFail && retry_wait !== undefined
      ? [problem('retry_wait', 'waits for retries of failed files; add failed')]
      : []),
    ...(finished === undefined && silent_after.length > 0
      ? [problem('silent_after', 'needs the time of the newest finished file; add finished')]
      : []),
  ];
}
