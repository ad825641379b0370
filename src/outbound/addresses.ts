import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { OutboundError } from './contract.ts';

/** An address as the resolver gives it. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Every address of a host. @throws Error of the resolver. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** As the operating system resolves: with its hosts file, its search domains and its order. */
export const resolveBySystem: Resolve = async (host) => {
  const found = await lookup(host, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/**
 * What is not a public address of one machine: RFC 6890 and its registries. Those of cloud metadata are among the link-local,
 * unique-local and shared ones. An IPv4 range also catches its addresses as `::ffff:a.b.c.d`.
 */
const ranges: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // ::, ::1 and IPv4-compatible addresses.
  ['::', 96],
  // Ways around: IPv4 addresses, private ones too, by translators and tunnels.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 23],
  ['2002::', 16],
  ['100::', 64],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

/** Tells which addresses are not public. */
export type IsPrivate = (address: string) => boolean;

export function createIsPrivate(): IsPrivate {
  const list = new BlockList();
  for (const [network, prefix] of ranges)
    list.addSubnet(network, prefix, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  return (address) => {
    const bare = address.replace(/%.*$/, '');
    const version = isIP(bare);
    // What is no address is not dialled.
    return version === 0 || list.check(bare, version === 6 ? 'ipv6' : 'ipv4');
  };
}

/** The address that a URL names itself; undefined: it names a host. */
export function literalOf(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

/** The addresses of a host that may be dialled. @throws OutboundError `forbidden` when it has private ones alone. */
export async function publicAddresses(
  host: string,
  resolve: Resolve,
  isPrivate: IsPrivate,
): Promise<readonly Address[]> {
  const all = await resolve(host);
  const dialled = all.filter(({ address }) => !isPrivate(address));
  if (dialled.length === 0 && all.length > 0)
    throw new OutboundError('forbidden', `${host} has private addresses alone, and allow_private is not set`);
  return dialled;
}
