import type { z } from 'zod';
import type { PrometheusServer } from '../../config.ts';
import { prometheusSchema } from '../../schema/prometheus.ts';
import { readSecret, resolveBeside } from '../../source/files.ts';
import type { Report } from '../../source/report.ts';
import type { Mapping } from '../entries.ts';

type Given = z.output<typeof prometheusSchema>;
type FileKey = 'password_file' | 'token_file' | 'tls_ca_file';

interface Place {
  readonly report: Report;
  /** The configuration's own file. */
  readonly file: string;
}

/** A file that a key names, which must be there and hold something; undefined when the key is absent, or that is not so. */
async function fileOf(
  given: Given,
  key: FileKey,
  { report, file }: Place,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  const name = given[key];
  if (name === undefined) return undefined;
  const path = resolveBeside(file, name);
  const found = await readSecret(path);
  const at = ['prometheus', key];
  if ('fault' in found) report.problem(at, `the file cannot be read: ${found.fault}`);
  else if (found.text.trim() === '') report.problem(at, 'the file is empty; write the value into it');
  else if (key === 'tls_ca_file' && !found.text.includes('-----BEGIN '))
    report.problem(at, 'the file is no PEM text; it must hold "-----BEGIN …"');
  else return { path, text: found.text };
  return undefined;
}

const isOwnMachine = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);

function checkTransport({ url, username, token_file: token }: Given, report: Report): void {
  const { protocol, hostname } = new URL(url);
  const isSecret = username !== undefined || token !== undefined;
  if (isSecret && protocol === 'http:' && !isOwnMachine(hostname))
    report.warn(['prometheus', 'url'], 'the login crosses the network unencrypted; use https');
}

/** Reads `prometheus:`. @returns undefined when it is absent or bad, which is reported. */
export async function readPrometheus(
  root: Mapping,
  report: Report,
  file: string,
): Promise<PrometheusServer | undefined> {
  if (root['prometheus'] === undefined) return undefined;
  const given = report.read(prometheusSchema, root['prometheus'], ['prometheus']);
  if (given === undefined) return undefined;
  checkTransport(given, report);
  const place = { report, file };
  const password = await fileOf(given, 'password_file', place);
  const token = await fileOf(given, 'token_file', place);
  const ca = await fileOf(given, 'tls_ca_file', place);
  const { url, username, labels, timeout } = given;
  return {
    url: url.replace(/\/+$/, ''),
    labels,
    timeoutMs: timeout,
    ...(username === undefined || password === undefined
      ? {}
      : { login: { username, passwordFile: password.path } }),
    ...(token === undefined ? {} : { tokenFile: token.path }),
    ...(ca === undefined ? {} : { ca: ca.text }),
  };
}
