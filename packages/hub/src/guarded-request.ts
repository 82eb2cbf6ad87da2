import { lookup } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { HubError } from './errors.ts';
import { isPublicAddress } from './public-address.ts';

const maxRedirects = 5;
const maxHeaderBytes = 64 * 1024;

export interface GuardOptions {
  /** The configured hub: reached whatever its address is, and the only one that gets the token. */
  endpoint: string;
  token: string | null;
  /** Instead of isPublicAddress, where a redirect may lead. */
  isAllowedAddress?: (address: string) => boolean;
  /** A connection that brings nothing for so long is given up. Default 30,000. */
  idleTimeoutMs?: number;
}

export interface GuardedRequest {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export type GuardedGet = (url: string, request?: GuardedRequest) => Promise<IncomingMessage>;

/** GET that follows redirects itself, so that every hop is looked at: no address inside the network but the endpoint's own,
 *  no step down from https, and the token for the endpoint alone. Names are resolved once, for the connection that is made:
 *  one that resolves differently the second time gains nothing. The caller reads or destroys the answer. */
export function createGuardedGet(options: GuardOptions): GuardedGet {
  const endpoint = new URL(options.endpoint);
  return async (url, { headers = {}, signal } = {}) => {
    let target = new URL(url);
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const isEndpoint = target.origin === endpoint.origin;
      if (!isEndpoint) checkTarget(target, endpoint, options.isAllowedAddress ?? isPublicAddress);
      const authorization: Record<string, string> =
        isEndpoint && options.token !== null ? { authorization: `Bearer ${options.token}` } : {};
      const answer = await getOnce(target, {
        ...options,
        headers: { ...headers, ...authorization },
        signal,
        isEndpoint,
      });
      const location = answer.headers.location;
      if (location === undefined || ![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0)) return answer;
      answer.destroy();
      target = parseLocation(location, target);
    }
    throw new HubError('unavailable', `The hub redirects more than ${maxRedirects} times. Try again later.`);
  };
}

function parseLocation(location: string, from: URL): URL {
  try {
    return new URL(location, from);
  } catch (error) {
    throw new HubError('unavailable', `${from.host} redirects to no address. Try again later.`, error);
  }
}

function checkTarget(target: URL, endpoint: URL, isAllowed: (address: string) => boolean): void {
  const isSecureEnough = target.protocol === 'https:' || (target.protocol === 'http:' && endpoint.protocol === 'http:');
  if (!isSecureEnough)
    throw new HubError(
      'unusable',
      `The hub redirects to ${target.protocol}//${target.host}, which is not https. Nothing was sent there.`,
    );
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isAllowed(host)) throw refusedAddress(target.host, host);
}

function refusedAddress(host: string, address: string): HubError {
  return new HubError(
    'unusable',
    `The hub redirects to ${host} (${address}), an address inside a private network. Nothing was sent there; check HF_ENDPOINT.`,
  );
}

interface HopOptions extends GuardOptions {
  headers: Record<string, string>;
  signal?: AbortSignal;
  isEndpoint: boolean;
}

function getOnce(target: URL, options: HopOptions): Promise<IncomingMessage> {
  const { headers, signal, isEndpoint, isAllowedAddress = isPublicAddress, idleTimeoutMs = 30_000 } = options;
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = send(target, {
      headers: { 'user-agent': 'featurescope', 'accept-encoding': 'identity', ...headers },
      signal,
      // A connection of its own: none that was opened under other rules is taken up again.
      agent: false,
      maxHeaderSize: maxHeaderBytes,
      timeout: idleTimeoutMs,
      ...(isEndpoint ? {} : { lookup: guardedLookup(isAllowedAddress) }),
    });
    sent.on('timeout', () => sent.destroy(new Error(`nothing came for ${idleTimeoutMs} ms`)));
    sent.on('error', (error) =>
      reject(signal?.aborted || error instanceof HubError ? error : unreachable(target, error)),
    );
    sent.on('response', resolve);
    sent.end();
  });
}

const unreachable = (target: URL, cause: Error) =>
  new HubError(
    'unavailable',
    `${target.host} cannot be reached (${cause.message}). Check the connection, then try again.`,
    cause,
  );

function guardedLookup(isAllowed: (address: string) => boolean): LookupFunction {
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
