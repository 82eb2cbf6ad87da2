import { BlockList, isIP } from 'node:net';
import { HubError } from './errors.ts';

/** What the environment says of proxies, as it stands there; null for what it does not say. */
export interface ProxyEnvironment {
  /** HTTP_PROXY: for http:// addresses. */
  http: string | null;
  /** HTTPS_PROXY: for https:// addresses. */
  https: string | null;
  /** NO_PROXY: hosts that are reached without one, separated by commas; * is all of them. */
  none: string | null;
}

/** The proxy that an address is reached by; null for none. Throws HubError for a proxy of a kind that is not spoken. */
export type ProxyFor = (target: URL) => URL | null;

export const noProxies: ProxyFor = () => null;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** As curl reads these variables: an entry of NO_PROXY is a host, which stands for what lies below it too, with a port or without,
 *  or a network such as 10.0.0.0/8. This machine itself is never reached by a proxy. */
export function readProxies({ http, https, none }: ProxyEnvironment): ProxyFor {
  const exceptions = (none ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return (target) => {
    const isSecure = target.protocol === 'https:';
    const given = isSecure ? https : http;
    if (given === null || isLoopback(target) || exceptions.some((entry) => matches(entry, target))) return null;
    return parseProxy(given, isSecure ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  };
}

/** Without the brackets around an IPv6 address. */
export const bareHost = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

function isLoopback(target: URL): boolean {
  const host = bareHost(target);
  const family = isIP(host);
  return family === 0 ? /(^|\.)localhost$/.test(host) : loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function matches(entry: string, target: URL): boolean {
  if (entry === '*') return true;
  const host = bareHost(target);
  const [, network, bits] = /^([\d.]+|\[?[\da-f:]+\]?)\/(\d+)$/i.exec(entry) ?? [];
  if (network !== undefined) return isInNetwork(host, network.replace(/^\[|\]$/g, ''), Number(bits));
  const [, name, port] = /^(\[[\da-f:]+\]|[^:]+|[\da-f:]+?)(?::(\d+))?$/i.exec(entry.toLowerCase()) ?? [];
  if (name === undefined || (port !== undefined && port !== portOf(target))) return false;
  const wanted = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return host === wanted || host.endsWith(`.${wanted}`);
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const family = isIP(host);
  if (family === 0 || isIP(network) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const name = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, name);
  return list.check(host, name);
}

export const portOf = ({ port, protocol }: URL) => port || (protocol === 'https:' ? '443' : '80');

function parseProxy(given: string, variable: string): URL {
  const address = given.includes('://') ? given : `http://${given}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '') return url;
  // Only the beginning is told: behind it there may be a password.
  const shown = /^[a-z][a-z0-9+.-]*:\/\//i.exec(given)?.[0] ?? '';
  throw new HubError(
    'unavailable',
    `${variable} is ${shown === '' ? 'no address' : `an address with ${shown}`}; expected http://host:port or https://host:port. Change it, or list the hub in NO_PROXY.`,
  );
}
