import { alertmanager } from './commands/alertmanager.ts';
import { check } from './commands/check.ts';
import { listColumns } from './commands/columns.ts';
import { demo } from './commands/demo.ts';
import { explain } from './commands/explain.ts';
import { health } from './commands/health.ts';
import { remedies, remediesRequest } from './commands/remedies.ts';
import { notifyTest } from './commands/notify-test.ts';
import { report, reportFormats } from './commands/report.ts';
import { serve } from './commands/serve.ts';
import type { ServeOptions } from './commands/serve.ts';
import {
  UsageError,
  checkFlagsOf,
  httpUrl,
  meant,
  oneOf,
  parseCommandLine,
} from './commands/support/command-line.ts';
import type { FlagValues } from './commands/support/command-line.ts';
import { flagLines } from './commands/support/flags.ts';
import { runUntilStopped } from './commands/support/run-until-stopped.ts';
import { tryMonitor } from './commands/try.ts';
import { languages } from './known-errors/catalogue.ts';
import { createLogger, logFormats, logLevels } from './log.ts';
import type { LogLevel } from './log.ts';
import { periodNames } from './report/period.ts';
import { cutSecrets } from './secrets.ts';
import { readVersion } from './version.ts';
import { abstractSocketPath } from './web/server/health-socket.ts';
import { parseListenAddress } from './web/server/listen-address.ts';

const write = (line: string) => void process.stdout.write(`${line}\n`);
/** Each line by itself: a list of problems must not lose its end. */
const writeError = (lines: string) =>
  void process.stderr.write(`${lines.split('\n').map(cutSecrets).join('\n')}\n`);

interface Command {
  /** One line of the help. */
  readonly text: string;
  /** The placeholder of its operand and what that is; absent: it takes none. */
  readonly operand?: readonly [placeholder: string, meaning: string];
  /** @returns the exit code. */
  readonly run: (values: FlagValues, operand: string) => Promise<number>;
}

const configFile = (values: FlagValues): string => values['config.file'] ?? 'erp-exporter.yml';

/** The machine itself alone, unless the environment says otherwise: the container image does, where that means the container. */
const usualAddress = (env: NodeJS.ProcessEnv): string =>
  env['ERP_EXPORTER_LISTEN_ADDRESS'] ?? '127.0.0.1:9745';

/** Where the health check of a container asks; undefined outside of one. @throws UsageError */
function healthSocket({ ERP_EXPORTER_HEALTH_SOCKET: name }: NodeJS.ProcessEnv): string | undefined {
  if (name === undefined || name === '') return undefined;
  try {
    return abstractSocketPath(name);
  } catch (error) {
    throw new UsageError(
      `ERP_EXPORTER_HEALTH_SOCKET=${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function listenAddresses(texts: readonly string[]) {
  try {
    return texts.map(parseListenAddress);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const webConfigFile = ({ 'web.config.file': file }: FlagValues): { readonly webConfigFile?: string } =>
  file === undefined ? {} : { webConfigFile: file };

function serveOptions(values: FlagValues, usualLevel: LogLevel): ServeOptions {
  const externalUrl = values['web.external-url'];
  const socket = healthSocket(process.env);
  return {
    file: configFile(values),
    env: process.env,
    listenAddresses: listenAddresses(values['web.listen-address'] ?? [usualAddress(process.env)]),
    externalUrl: externalUrl === undefined ? undefined : httpUrl('web.external-url', externalUrl),
    allowedHosts: values['web.allowed-host'] ?? [],
    ...webConfigFile(values),
    ...(socket === undefined ? {} : { healthSocket: socket }),
    // The same way as a signal from outside, on every platform.
    ...(values['web.enable-lifecycle'] === true
      ? { lifecycle: { quit: () => void process.emit('SIGTERM') } }
      : {}),
    version: readVersion(),
    log: createLogger({
      level: oneOf('log.level', values['log.level'] ?? usualLevel, logLevels),
      format: oneOf('log.format', values['log.format'] ?? 'logfmt', logFormats),
      write: (line) => void process.stderr.write(line),
      now: () => Date.now(),
    }),
  };
}

const runCheck = (values: FlagValues): Promise<number> =>
  check({
    file: configFile(values),
    ...webConfigFile(values),
    connect: values.connect ?? false,
    env: process.env,
    write,
  });

const runServe = (values: FlagValues): Promise<number> => {
  if (values['config.check'] ?? false) return runCheck(values);
  if (values.connect ?? false) throw new UsageError('serve does not take --connect without --config.check');
  return runUntilStopped({
    start: (signal) => serve({ ...serveOptions(values, 'info'), signal }),
    writeError,
  });
};

/** @throws UsageError when several are given: `report` alone takes them. */
function onlyCompany({ company: [name, ...others] = [] }: FlagValues): string | undefined {
  if (others.length > 0) throw new UsageError('--company is given twice: keep one');
  return name;
}

const runReport = (values: FlagValues): Promise<number> => {
  const { language } = values;
  return report({
    file: configFile(values),
    env: process.env,
    period: oneOf('period', values.period ?? 'week', periodNames),
    companies: values.company ?? [],
    language: language === undefined ? undefined : oneOf('language', language, languages),
    format: oneOf('format', values.format ?? 'text', reportFormats),
    end: values.end,
    output: values.output,
    now: Date.now(),
    write: (text) => void process.stdout.write(text),
    writeError,
  });
};

const commands: Readonly<Record<string, Command>> = {
  serve: { text: 'poll the databases and serve /metrics (the default)', run: runServe },
  check: {
    text: 'check the configuration file; with --connect also every query against its database',
    run: runCheck,
  },
  try: {
    text: 'run one monitor now and show its rows, its series, its state and what is wrong',
    operand: ['MONITOR', 'a monitor of the configuration'],
    run: (values, monitor) =>
      tryMonitor({
        file: configFile(values),
        monitor,
        company: onlyCompany(values),
        env: process.env,
        write,
      }),
  },
  columns: {
    text: 'the columns that the queries of a kind of monitor must or may return',
    operand: ['KIND', 'a kind of monitor: records, sync, jobs or query'],
    run: (_values, kind) => Promise.resolve(listColumns({ kind, write })),
  },
  explain: {
    text: 'what is known of an error, by its text or code: its meaning, what to do, who acts first',
    operand: ['TEXT', 'the text or the code of an error, in quotes'],
    run: ({ flow, language = 'en', 'config.file': file }, text) =>
      explain({
        text,
        flow,
        language: oneOf('language', language, languages),
        file,
        env: process.env,
        write,
      }),
  },
  alertmanager: {
    text: 'print the alertmanager.yml for smtp, companies, responders, notify and tickets',
    run: (values) =>
      alertmanager({
        file: configFile(values),
        env: process.env,
        explains: values.explain === true,
        write,
        writeError,
      }),
  },
  'notify-test': {
    text: 'send a test alert through every route of Alertmanager',
    run: (values) => {
      const url = values['alertmanager.url'] ?? 'http://localhost:9093';
      const alertmanagerUrl = httpUrl('alertmanager.url', url);
      return notifyTest({
        file: configFile(values),
        alertmanagerUrl,
        env: process.env,
        now: Date.now(),
        write,
      });
    },
  },
  remedies: {
    text: 'what remedies do, by the running exporter; stop them, let them go on, or have one record tried at once',
    operand: ['ACTION', 'list, pause, resume or relaunch'],
    run: (values, action) =>
      remedies({
        request: remediesRequest(action, values),
        url: httpUrl('url', values.url ?? 'http://127.0.0.1:9745'),
        tokenFile: values['token-file'],
        write,
      }),
  },
  report: {
    text: 'how the flows of each company stood over a day, a week or a month, from Prometheus',
    run: runReport,
  },
  health: {
    text: 'ask the erp-exporter of this container how it is: exit code 0 or 1',
    run: ({ ready = false }) => {
      const socketPath = healthSocket(process.env);
      if (socketPath === undefined)
        throw new UsageError(
          'health asks where ERP_EXPORTER_HEALTH_SOCKET says, such as @erp-exporter: set it for serve and for health',
        );
      return health({ socketPath, ready, write });
    },
  },
  demo: {
    text: 'serve a simulated shop and ERP on an embedded database',
    // What the exporter logs would drown the events of the demo.
    run: (values) =>
      runUntilStopped({
        start: (signal) => demo({ ...serveOptions(values, 'error'), write, signal }),
        writeError,
      }),
  },
};

function usage(): string {
  const lines = Object.entries(commands).map(([name, { operand, text }]) => {
    const left = operand === undefined ? name : `${name} ${operand[0]}`;
    return `  ${left.padEnd(18)} ${text}`;
  });
  return [
    'Usage: erp-exporter [COMMAND] [FLAGS]',
    '',
    'Commands:',
    ...lines,
    '\nFlags:',
    ...flagLines(),
  ].join('\n');
}

async function runCommandLine(args: readonly string[]): Promise<number> {
  const { values, positionals, flags } = parseCommandLine(args);
  if (values.help ?? false) {
    write(usage());
    return 0;
  }
  if (values.version ?? false) {
    write(`erp-exporter ${readVersion()} (node ${process.version})`);
    return 0;
  }
  const [name = 'serve', operand, ...others] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw new UsageError(`there is no command ${JSON.stringify(name)}${meant(name, Object.keys(commands))}`);
  const extra = command.operand === undefined ? operand : others[0];
  if (extra !== undefined) throw new UsageError(`${name} takes no ${JSON.stringify(extra)}: leave it out`);
  if (command.operand !== undefined && operand === undefined)
    throw new UsageError(`${name}: name ${command.operand[1]}`);
  checkFlagsOf(name, flags);
  return command.run(values, operand ?? '');
}

/**
 * The whole program, from the words of the command line on.
 *
 * @returns the exit code: 2 for a command line that cannot be understood, 1 for what went wrong otherwise.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  // The reader of the output may go before its end (`| head`), or a log collector may die: neither is a reason to fail.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    return await runCommandLine(args);
  } catch (error) {
    writeError(error instanceof Error ? error.message : String(error));
    if (!(error instanceof UsageError)) return 1;
    writeError('erp-exporter --help lists all commands and flags.');
    return 2;
  }
}
