import type { PrometheusServer } from '../config/config.ts';
import type { FileText } from '../config/source/files.ts';
import { PrometheusError } from './problem.ts';

/** Reads the file of a secret, without the newline at its end. */
export type ReadSecret = (file: string) => Promise<FileText>;

async function secretOf(file: string, readSecret: ReadSecret): Promise<string> {
  const found = await readSecret(file);
  if ('text' in found) return found.text;
  throw new PrometheusError('refused', `the file of the login cannot be read: ${found.fault}`);
}

/**
 * The header `Authorization` of a question; undefined: none. Files are read anew, as secrets are exchanged.
 *
 * @throws PrometheusError `refused` when the file of the secret cannot be read.
 */
export async function authorizationOf(
  { login, tokenFile }: PrometheusServer,
  readSecret: ReadSecret,
): Promise<string | undefined> {
  if (login !== undefined) {
    const password = await secretOf(login.passwordFile, readSecret);
    return `Basic ${Buffer.from(`${login.username}:${password}`).toString('base64')}`;
  }
  return tokenFile === undefined ? undefined : `Bearer ${(await secretOf(tokenFile, readSecret)).trim()}`;
}
