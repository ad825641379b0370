import { validateHeaderName, validateHeaderValue } from 'node:http';
import { literalOf, type IsPrivate } from './addresses.ts';
import { OutboundError, type OutboundPolicy, type OutboundRequest } from './contract.ts';

/** Headers that say how a message is framed, or to which host it goes: they are ours alone. */
const ours: readonly string[] = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

function forbidden(message: string, cause?: unknown): OutboundError {
  return new OutboundError('forbidden', message, { cause });
}

/** Whether the list names the host and the port of a URL, as the URL's parser has them. */
export function isListed(url: URL, hosts: ReadonlySet<string>): boolean {
  const port = url.port === '' ? defaultPorts[url.protocol] : url.port;
  return hosts.has(url.host) || (port !== undefined && hosts.has(`${url.hostname}:${port}`));
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (ours.includes(name.toLowerCase())) throw forbidden(`the header ${name} cannot be set`);
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (error) {
      // The message of Node.js may show the value, which may be a secret.
      throw forbidden(`the header ${JSON.stringify(name.slice(0, 40))} has characters that are not allowed`, {
        code: (error as NodeJS.ErrnoException).code,
      });
    }
  }
}

/** @throws OutboundError `forbidden` when the policy does not let a request out, whatever its host resolves to. */
export function checkRequest(
  { url, headers }: OutboundRequest,
  policy: OutboundPolicy,
  isPrivate: IsPrivate,
): void {
  if (defaultPorts[url.protocol] === undefined) throw forbidden(`${url.protocol} is not http: or https:`);
  if (url.username !== '' || url.password !== '') throw forbidden('the URL holds a login');
  if (!isListed(url, policy.hosts)) throw forbidden(`${url.host} is not a host that may be called`);
  const literal = literalOf(url.hostname);
  if (!policy.allowsPrivate && literal !== undefined && isPrivate(literal))
    throw forbidden(`${literal} is a private address, and allow_private is not set`);
  checkHeaders(headers);
}
