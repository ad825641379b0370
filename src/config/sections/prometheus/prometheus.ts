import type { z } from 'zod';
import type { PrometheusServer } from '../../config.ts';
import { prometheusSchema } from '../../schema/prometheus.ts';
import { isOwnMachine, namedCertificates, namedFile } from '../../source/named-file.ts';
import type { NamedFile } from '../../source/named-file.ts';
import type { Report } from '../../source/report.ts';
import type { Mapping } from '../entries.ts';

type Given = z.output<typeof prometheusSchema>;

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
  const secretOf = async (key: 'password_file' | 'token_file'): Promise<NamedFile | undefined> => {
    const name = given[key];
    return name === undefined ? undefined : namedFile(name, ['prometheus', key], place);
  };
  const password = await secretOf('password_file');
  const token = await secretOf('token_file');
  const ca = await namedCertificates(given.tls_ca_file, ['prometheus', 'tls_ca_file'], place);
  const { url, username, labels, timeout } = given;
  return {
    url: url.replace(/\/+$/, ''),
    labels,
    timeoutMs: timeout,
    ...(username === undefined || password === undefined
      ? {}
      : { login: { username, passwordFile: password.path } }),
    ...(token === undefined ? {} : { tokenFile: token.path }),
    ...(ca === undefined ? {} : { ca }),
  };
}
