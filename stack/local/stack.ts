import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root, writeAlertmanager, writePrometheus } from './files.ts';
import type { Ports } from './files.ts';
import { startInbox } from './inbox.ts';
import type { Caught } from './inbox.ts';
import { findProgram, startProgram, untilReady } from './programs.ts';
import type { Program } from './programs.ts';

export interface StackOptions {
  readonly ports: Ports;
  /** Directory in which mails are kept; absent: a directory that is removed at the end. */
  readonly mails?: string | undefined;
  /** Stops everything. */
  readonly signal: AbortSignal;
  readonly write: (line: string) => void;
}

/** What is running; it is stopped in reverse order. */
class Running {
  readonly programs: Program[] = [];
  readonly #ends: (() => Promise<unknown>)[] = [];

  onEnd(end: () => Promise<unknown>): void {
    this.#ends.unshift(end);
  }

  start(...given: Parameters<typeof startProgram>): Program {
    const program = startProgram(...given);
    this.programs.push(program);
    this.onEnd(() => program.stop());
    return program;
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
  }
}

const installs = [
  { names: ['prometheus'], title: 'Prometheus', debian: 'prometheus' },
  {
    names: ['prometheus-alertmanager', 'alertmanager'],
    title: 'Alertmanager',
    debian: 'prometheus-alertmanager',
  },
] as const;

/** Lines about programs that are not installed, and how to install them. */
function missingLines(): readonly string[] {
  const missing = installs.filter(({ names }) => findProgram(names) === undefined);
  if (missing.length === 0) return [];
  return [
    `Not installed: ${missing.map(({ title }) => title).join(' and ')}. The rest runs without; for the whole chain, from failure to mail, run:`,
    `  sudo apt-get install ${missing.map(({ debian }) => debian).join(' ')}`,
    '  (Debian starts them at once, on the usual ports: stop them, or use --random-ports)',
    '',
  ];
}

/** The built exporter. */
const exporterFile = join(root, 'dist/main.js');

const url = (port: number, path = '/'): string => `http://127.0.0.1:${port}${path}`;

async function startAlertmanager(running: Running, folder: string, { ports, signal }: StackOptions) {
  const program = findProgram(installs[1].names);
  if (program === undefined) return;
  const file = await writeAlertmanager(folder, ports);
  const alertmanager = running.start('Alertmanager', program, [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
    `--web.external-url=${url(ports.alertmanager)}`,
    // A single Alertmanager needs no cluster.
    '--cluster.listen-address=',
  ]);
  await untilReady(alertmanager, url(ports.alertmanager, '/-/ready'), signal);
}

async function startPrometheus(running: Running, folder: string, { ports, signal }: StackOptions) {
  const program = findProgram(installs[0].names);
  if (program === undefined) return;
  const file = await writePrometheus(folder, ports);
  const prometheus = running.start('Prometheus', program, [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--storage.tsdb.retention.time=1d',
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    `--web.external-url=${url(ports.prometheus)}`,
  ]);
  await untilReady(prometheus, url(ports.prometheus, '/-/ready'), signal);
}

/** Starts the demo as users do. Its events are printed only until it is ready: afterwards the mails show them. */
async function startExporter(running: Running, { ports, signal, write }: StackOptions) {
  const state = { isReady: false };
  const parameters = [exporterFile, 'demo', `--web.listen-address=127.0.0.1:${ports.exporter}`];
  const exporter = running.start('the exporter', process.execPath, parameters, (line) => {
    if (!state.isReady && line.startsWith('Demo: ')) write(line);
  });
  await untilReady(exporter, url(ports.exporter, '/-/healthy'), signal);
  state.isReady = true;
}

function announce({ ports, write }: StackOptions, mails: string): void {
  const line = (title: string, text: string): void => write(`  ${title.padEnd(14)}${text}`);
  write('');
  line('Exporter', url(ports.exporter));
  if (findProgram(installs[0].names) !== undefined) line('Prometheus', url(ports.prometheus, '/alerts'));
  if (findProgram(installs[1].names) !== undefined) line('Alertmanager', url(ports.alertmanager));
  line('Mails', `${mails} (taken at 127.0.0.1:${ports.smtp})`);
  write('');
  for (const text of missingLines()) write(text);
  write('Ctrl-C stops everything. Mails are printed as they arrive; the first within a minute or two:');
}

/**
 * Runs the demo, Prometheus, Alertmanager and a mail server as processes of this machine until the signal fires. Nothing is
 * left behind except the mails, if a directory was given for them.
 *
 * @throws Error when a part does not start, or ends on its own.
 */
export async function runStack(options: StackOptions): Promise<void> {
  const { signal, write, ports } = options;
  if (!existsSync(exporterFile)) throw new Error('the exporter is not built; run: npm run build');
  const running = new Running();
  const home = await mkdtemp(join(tmpdir(), 'erp-stack-'));
  running.onEnd(() => rm(home, { recursive: true, force: true }));
  const aborted = once(signal, 'abort');
  try {
    const mails = options.mails ?? join(home, 'mails');
    const onMail = ({ to, subject, htmlFile }: Caught): void => {
      const file = htmlFile === undefined ? '' : `  [${basename(htmlFile)}]`;
      write(`${new Date().toLocaleTimeString('en-GB')} to ${to.join(', ')}: ${subject}${file}`);
    };
    const onError = (error: Error): void => write(`mail server: ${error.message}`);
    const inbox = await startInbox({ port: ports.smtp, folder: mails, onMail, onError });
    running.onEnd(() => inbox.stop());
    await startAlertmanager(running, join(home, 'alertmanager'), options);
    await startExporter(running, options);
    await startPrometheus(running, join(home, 'prometheus'), options);
    announce(options, mails);
    const ends = running.programs.map(async ({ name, ended }) => {
      const output = await ended;
      if (!signal.aborted) throw new Error(`${name} ended:\n${output}`);
    });
    await Promise.race([aborted, ...ends]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await running.end();
  }
}
