// Where a tenant may make us connect to: public addresses only, unless an operator allows a host. The name is resolved
// once, every address is checked, and the connection goes to the checked address, so that a second answer of the DNS
// cannot lead inside (SSRF, OWASP API7). Redirects are refused by the callers.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

// One list a family: a rule for addresses that are mapped into IPv6 would match every IPv4 address as well.
const blocked4 = new BlockList();
const blocked6 = new BlockList();
// IANA special-purpose registries (RFC 6890): loopback, private, link-local and metadata, CGNAT, multicast, reserved.
for (const [network, prefix] of [
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
] as const)
  blocked4.addSubnet(network, prefix, 'ipv4');
// What is not global unicast (2000::/3): loopback, v4-mapped, -compatible and -translated, NAT64, discard, unique local,
// link-local, multicast. Of what is: Teredo and others of 2001::/23, documentation, 6to4.
for (const [network, prefix] of [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  blocked6.addSubnet(network, prefix, 'ipv6');

export interface EgressRules {
  /** Host names or addresses an operator allows although they are not public. */
  readonly allowHosts: readonly string[];
}

export type Passage =
  | { readonly kind: 'allowed'; readonly address: string; readonly family: 4 | 6 }
  | { readonly kind: 'refused'; readonly detail: string } // never worth another try
  | { readonly kind: 'unresolved'; readonly detail: string };

export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address);
  return family === 4 ? !blocked4.check(address, 'ipv4') : family === 6 && !blocked6.check(address, 'ipv6');
};

/** As names of hosts are compared: without brackets, without the dot at the end, in lower case. */
const plainHost = (name: string): string =>
  name
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();

/** Whether an operator has allowed a host by name. */
export const isAllowedHost = (name: string, rules: EgressRules): boolean => rules.allowHosts.includes(plainHost(name));

/** What to do about a host of one's own. */
export const NOT_PUBLIC =
  'not a public address; where it is meant, the operator allows it (RELANCE_WEBHOOK_ALLOW_HOSTS, or `channels.allowHosts` of createRelance)';

/** A host that is told to be private by its name alone: refused when it is written, and not at the first message. */
export function isPlainlyPrivate(name: string, rules: EgressRules): boolean {
  const host = plainHost(name);
  if (isAllowedHost(host, rules)) return false;
  return isIP(host) === 0 ? /(?:^|\.)localhost$/.test(host) : !isPublicAddress(host);
}

/** Why nothing may be sent to a URL, as far as its name tells; null: it may. */
export const refusalBy =
  (rules: EgressRules) =>
  (url: string): string | null =>
    isPlainlyPrivate(new URL(url).hostname, rules) ? `is ${NOT_PUBLIC}` : null;

const calledOff = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(new Error('called off'));
    signal.addEventListener('abort', () => reject(new Error('called off')), { once: true });
  });

/** Checks a URL and pins the address to connect to. */
export async function checkEgress(
  url: URL,
  rules: EgressRules,
  signal: AbortSignal,
  resolve: typeof lookup = lookup,
): Promise<Passage> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { kind: 'refused', detail: `${url.protocol}// is not allowed; use https://` };
  if (url.username !== '' || url.password !== '')
    return { kind: 'refused', detail: 'an address must not carry credentials' };
  return checkHost(url.hostname, rules, signal, resolve);
}

/** Checks a host that is spoken to otherwise than over HTTP, and pins the address to connect to. */
export async function checkHost(
  name: string,
  rules: EgressRules,
  signal: AbortSignal,
  resolve: typeof lookup = lookup,
): Promise<Passage> {
  const host = plainHost(name);
  let addresses: { address: string; family: number }[];
  try {
    addresses = await Promise.race([resolve(host, { all: true }), calledOff(signal)]);
  } catch {
    return { kind: 'unresolved', detail: `the host name ${host} cannot be resolved` };
  }
  const allowed = isAllowedHost(host, rules);
  if (!allowed && addresses.some(({ address }) => !isPublicAddress(address)))
    return {
      kind: 'refused',
      detail: `${host} is ${NOT_PUBLIC}`,
    };
  const [first] = addresses;
  if (first === undefined) return { kind: 'unresolved', detail: `the host name ${host} has no address` };
  return { kind: 'allowed', address: first.address, family: first.family === 6 ? 6 : 4 };
}
