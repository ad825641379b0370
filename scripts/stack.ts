import { parseArgs } from 'node:util';
import { takePort } from '../stack/local/programs.ts';
import { runStack } from '../stack/local/stack.ts';

const usage = `Usage: npm run stack -- [FLAGS]

Runs the demo, Prometheus, Alertmanager and a mail server on this machine, without containers, and prints each mail.

Flags:
  --exporter-port PORT        (default: 9745)
  --prometheus-port PORT      (default: 9090)
  --alertmanager-port PORT    (default: 9093)
  --smtp-port PORT            (default: 1025)
  --random-ports              use any free port where none is given
  --mails FOLDER              keep the mails in FOLDER; default: removed at the end
  --help                      print this text
`;

const defaults = { exporter: 9745, prometheus: 9090, alertmanager: 9093, smtp: 1025 };
type Part = keyof typeof defaults;

function parse() {
  return parseArgs({
    options: {
      'exporter-port': { type: 'string' },
      'prometheus-port': { type: 'string' },
      'alertmanager-port': { type: 'string' },
      'smtp-port': { type: 'string' },
      'random-ports': { type: 'boolean', default: false },
      mails: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

/** @throws Error when the value is not a port, or the port is in use. */
async function portOf(part: Part, values: ReturnType<typeof parse>): Promise<number> {
  const flag = `${part}-port` as const;
  const text = values[flag];
  const wanted = text === undefined ? (values['random-ports'] ? 0 : defaults[part]) : Number(text);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535)
    throw new Error(`--${flag} ${JSON.stringify(text)}: write a port, such as ${defaults[part]}`);
  const port = await takePort(wanted);
  if (port === undefined)
    throw new Error(`port ${wanted} is in use; choose another with --${flag}, or use --random-ports`);
  return port;
}

async function main(): Promise<void> {
  const values = parse();
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const ports = {
    exporter: await portOf('exporter', values),
    prometheus: await portOf('prometheus', values),
    alertmanager: await portOf('alertmanager', values),
    smtp: await portOf('smtp', values),
  };
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  await runStack({ ports, mails: values.mails, signal: stop.signal, write });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
