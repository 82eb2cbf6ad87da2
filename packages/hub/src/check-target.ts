import { lookup } from 'node:dns';
import { lookup as lookupNow } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from './errors.ts';
import { bareHost } from './proxies.ts';

export type IsAllowedAddress = (address: string) => boolean;

/** Behind a firewall, names of the internet may have no answer at all. */
const maxLookupMs = 2000;

/** Refuses a redirect that leaves https, or names an address inside the network. Throws HubError. */
export function checkTarget(target: URL, endpoint: URL, isAllowed: IsAllowedAddress): void {
  const isSecureEnough = target.protocol === 'https:' || (target.protocol === 'http:' && endpoint.protocol === 'http:');
  if (!isSecureEnough)
    throw new HubError(
      'unusable',
      `The hub redirects to ${target.protocol}//${target.host}, which is not https. Nothing was sent there.`,
    );
  const host = bareHost(target);
  if (isIP(host) !== 0 && !isAllowed(host)) throw refusedAddress(target.host, host);
}

/** Resolves a name for the connection that is made, so that one which resolves differently a second time gains nothing. */
export function guardedLookup(isAllowed: IsAllowedAddress): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const refused = addresses.find(({ address }) => !isAllowed(address));
      if (refused) return callback(refusedAddress(hostname, refused.address), '');
      if (options.all) return callback(null, addresses);
      callback(null, addresses[0].address, addresses[0].family);
    });
  };
}

/** A proxy resolves names by itself, so what it connects to cannot be known here. Refused is a name that only a private network
 *  has, and one that leads into such a network from here; of others, the proxy decides. Throws HubError. */
export async function checkBehindProxy(target: URL, isAllowed: IsAllowedAddress): Promise<void> {
  const host = bareHost(target);
  if (isIP(host) !== 0) return;
  if (!host.includes('.') || /\.(?:local|internal|lan|home\.arpa)$/.test(host))
    throw refusedAddress(target.host, 'a name of local networks');
  const addresses = await Promise.race([
    lookupNow(host, { all: true }).catch(() => []),
    sleep(maxLookupMs, [], { ref: false }),
  ]);
  const refused = addresses.find(({ address }) => !isAllowed(address));
  if (refused) throw refusedAddress(target.host, refused.address);
}

function refusedAddress(host: string, address: string): HubError {
  return new HubError(
    'unusable',
    `The hub redirects to ${host} (${address}), an address inside a private network. Nothing was sent there; check HF_ENDPOINT.`,
  );
}
