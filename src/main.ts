#!/usr/bin/env node
import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { alertmanager } from './commands/alertmanager.ts';
import { check } from './commands/check.ts';
import { demo } from './commands/demo.ts';
import { explain } from './commands/explain.ts';
import { parseListenAddress } from './commands/support/listen.ts';
import { notifyTest } from './commands/notify-test.ts';
import { serve } from './commands/serve.ts';
import type { ServeOptions, Serving } from './commands/serve.ts';
import { tryMonitor } from './commands/try.ts';
import { createLogger, logFormats, logLevels } from './log.ts';
import { readVersion } from './version.ts';

const usage = `Usage: erp-exporter [COMMAND] [FLAGS]

Commands:
  serve              poll the databases and serve /metrics (the default)
  check              check the configuration file; with --connect also every query against its database
  try MONITOR        run one monitor now and show its rows, its series, its state and what is wrong
  explain TEXT       what is known of an error, by its text or code: its meaning, what to do, who acts first
  alertmanager       print the alertmanager.yml for smtp, companies, responders and notify
  notify-test        send a test alert through every route of Alertmanager
  demo               serve a simulated shop and ERP on embedded databases

Flags:
  --config.file FILE              configuration file (default: erp-exporter.yml)
  --config.check                  check the configuration file and exit; the same as the command check
  --connect                       check: connect to the databases and prepare every query
  --company NAME                  try: only this company
  --flow NAME                     explain: as an error of this flow
  --language LANGUAGE             explain: en, nl, de or fr (default: en)
  --alertmanager.url URL          notify-test: where Alertmanager is (default: http://localhost:9093)
  --web.listen-address ADDRESS    host:port or :port, may be given again (default: :9745)
  --web.external-url URL          where users reach the page; its path becomes the prefix of every route
  --log.level LEVEL               ${logLevels.join(', ')} (default: info)
  --log.format FORMAT             ${logFormats.join(', ')} (default: logfmt)
  --version                       print the version
  --help                          print this text
`;

const options = {
  'config.file': { type: 'string' },
  'config.check': { type: 'boolean', default: false },
  connect: { type: 'boolean', default: false },
  company: { type: 'string' },
  flow: { type: 'string' },
  language: { type: 'string', default: 'en' },
  'alertmanager.url': { type: 'string', default: 'http://localhost:9093' },
  'web.listen-address': { type: 'string', multiple: true, default: [':9745'] },
  'web.external-url': { type: 'string' },
  'log.level': { type: 'string', default: 'info' },
  'log.format': { type: 'string', default: 'logfmt' },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsOptionsConfig;

const write = (line: string) => void process.stdout.write(`${line}\n`);
const writeError = (line: string) => void process.stderr.write(`${line}\n`);

/** A call that can't be understood: exit code 2, as shells expect. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    throw new UsageError(`--${flag} ${JSON.stringify(value)}: write one of ${allowed.join(', ')}`);
  return found;
}

function httpUrl(flag: string, text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(
      `--${flag} ${JSON.stringify(text)}: write a whole URL, such as https://monitor.example/erp`,
    );
  return url;
}

function listenAddresses(texts: readonly string[]) {
  try {
    return texts.map(parseListenAddress);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Serves until a signal says stop. SIGHUP reads the configuration again. */
async function runUntilStopped(start: (signal: AbortSignal) => Promise<Serving>): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  let serving: Serving | undefined;
  process.on('SIGHUP', () => void serving?.reload());
  try {
    serving = await start(stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return 0;
    throw error;
  }
  await stopped;
  await serving.stop();
  return 0;
}

type Values = ReturnType<typeof parse>['values'];

function serveOptions(values: Values, quiet: boolean): ServeOptions {
  const external = values['web.external-url'];
  return {
    file: configFile(values),
    env: process.env,
    listenAddresses: listenAddresses(values['web.listen-address']),
    externalUrl: external === undefined ? undefined : httpUrl('web.external-url', external),
    version: readVersion(),
    log: createLogger({
      // The demo tells its own story; what the exporter logs meanwhile would only garble it.
      level: quiet ? 'error' : oneOf('log.level', values['log.level'], logLevels),
      format: oneOf('log.format', values['log.format'], logFormats),
      write: (line) => void process.stderr.write(line),
      now: () => Date.now(),
    }),
  };
}

function configFile(values: Values): string {
  return values['config.file'] ?? 'erp-exporter.yml';
}

interface Command {
  /** What its one operand is; absent: it takes none. */
  readonly operand?: string;
  /** @returns the exit code. */
  readonly run: (values: Values, operand: string) => Promise<number>;
}

const { env } = process;
const runCheck = (values: Values) => check({ file: configFile(values), connect: values.connect, env, write });

const commands: Readonly<Record<string, Command>> = {
  serve: {
    run: (values) =>
      values['config.check'] ? runCheck(values) : runUntilStopped(() => serve(serveOptions(values, false))),
  },
  check: { run: runCheck },
  try: {
    operand: 'a monitor of the configuration',
    run: (values, monitor) =>
      tryMonitor({ file: configFile(values), monitor, company: values.company, env, write }),
  },
  explain: {
    operand: 'the text or the code of an error, in quotes',
    run: (values, text) =>
      explain({
        text,
        flow: values.flow,
        language: values.language,
        file: values['config.file'],
        env,
        write,
      }),
  },
  alertmanager: { run: (values) => alertmanager({ file: configFile(values), env, write, writeError }) },
  'notify-test': {
    run: (values) =>
      notifyTest({
        file: configFile(values),
        alertmanagerUrl: httpUrl('alertmanager.url', values['alertmanager.url']),
        env,
        now: Date.now(),
        write,
      }),
  },
  demo: {
    run: (values) => runUntilStopped((signal) => demo({ ...serveOptions(values, true), write, signal })),
  },
};

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.version) {
    write(`erp-exporter ${readVersion()} (node ${process.version})`);
    return 0;
  }
  const [name = 'serve', operand, ...others] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`there is no command ${JSON.stringify(name)}`);
  const extra = command.operand === undefined ? operand : others[0];
  if (extra !== undefined) throw new UsageError(`${JSON.stringify(extra)} is one word too many`);
  if (command.operand !== undefined && operand === undefined)
    throw new UsageError(`${name}: name ${command.operand}`);
  return await command.run(values, operand ?? '');
}

// Whoever read the output may go before its end (`| head`), or a log collector may die: neither is a reason to fall over,
// and there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

// Young objects of a poll die within it. V8 would widen their space with each load until it is a third of the memory of
// the process; kept small, it costs no processor time that the benchmark of scrapes can measure.
setFlagsFromString('--semi-space-growth-factor=1');

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\nerp-exporter --help lists what there is.\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
