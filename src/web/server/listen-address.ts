import { BlockList, isIP } from 'node:net';

/** The parts of `--web.listen-address`: `:9745`, `127.0.0.1:9745`, `[::1]:9745`. */
export interface ListenAddress {
  /** undefined: every address of the machine. */
  readonly host: string | undefined;
  readonly port: number;
}

/** @throws Error that says what to write, when `text` is no such address. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new Error(
      `--web.listen-address ${JSON.stringify(text)}: write host:port or :port, such as :9745 or 127.0.0.1:9745`,
    );
  const host = match[1] ?? match[2];
  return { host: host === '' ? undefined : host, port };
}

/** Whether only programs of the same machine reach it. */
export function isLoopback({ host }: ListenAddress): boolean {
  if (host === undefined) return false;
  const version = isIP(host);
  if (version === 0) return host === 'localhost' || host.endsWith('.localhost');
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
