import { type IncomingMessage, request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { checkBehindProxy, checkTarget, guardedLookup, type IsAllowedAddress } from './check-target.ts';
import { HubError } from './errors.ts';
import { bareHost, noProxies, type ProxyFor } from './proxies.ts';
import { openTunnel, proxyConnection, proxyHeaders, refusedByProxy, unreachableProxy } from './proxy-tunnel.ts';
import { isPublicAddress } from './public-address.ts';

const maxRedirects = 5;
const maxHeaderBytes = 64 * 1024;

export interface GuardOptions {
  /** The configured hub: reached whatever its address is, and the only one that gets the token. */
  endpoint: string;
  token: string | null;
  /** Instead of isPublicAddress, where a redirect may lead. */
  isAllowedAddress?: IsAllowedAddress;
  /** A connection that brings nothing for so long is given up. Default 30,000. */
  idleTimeoutMs?: number;
  /** Default: none. */
  proxies?: ProxyFor;
}

export interface GuardedRequest {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export type GuardedGet = (url: string, request?: GuardedRequest) => Promise<IncomingMessage>;

/** GET that follows redirects itself, so that every hop is looked at: no address inside the network but the endpoint's own,
 *  no step down from https, and the token for the endpoint alone. The caller reads or destroys the answer. */
export function createGuardedGet(options: GuardOptions): GuardedGet {
  const endpoint = new URL(options.endpoint);
  const { isAllowedAddress = isPublicAddress, idleTimeoutMs = 30_000, proxies = noProxies } = options;
  return async (url, { headers = {}, signal } = {}) => {
    let target = new URL(url);
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const isEndpoint = target.origin === endpoint.origin;
      const proxy = proxies(target);
      if (!isEndpoint) {
        checkTarget(target, endpoint, isAllowedAddress);
        if (proxy !== null) await checkBehindProxy(target, isAllowedAddress);
      }
      const authorization: Record<string, string> =
        isEndpoint && options.token !== null ? { authorization: `Bearer ${options.token}` } : {};
      const common: RequestOptions = {
        headers: { 'user-agent': 'featurescope', 'accept-encoding': 'identity', ...headers, ...authorization },
        signal,
        maxHeaderSize: maxHeaderBytes,
        timeout: idleTimeoutMs,
      };
      const answer = await (proxy === null
        ? getDirectly(target, { ...common, ...(isEndpoint ? {} : { lookup: guardedLookup(isAllowedAddress) }) })
        : getByProxy(proxy, target, { ...common, timeout: idleTimeoutMs }));
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

function getDirectly(target: URL, options: RequestOptions): Promise<IncomingMessage> {
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  // A connection of its own: none that was opened under other rules is taken up again.
  return answerOf(send(target, { ...options, agent: false }), options, (error) => unreachable(target, error));
}

/** https through a tunnel that the proxy cannot look into; http by asking the proxy for it. */
async function getByProxy(
  proxy: URL,
  target: URL,
  options: RequestOptions & { timeout: number },
): Promise<IncomingMessage> {
  if (target.protocol === 'https:') {
    const socket = await openTunnel(proxy, target, { signal: options.signal, timeoutMs: options.timeout });
    const host = bareHost(target);
    const createConnection = () => connectTls({ socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) });
    const sent = requestHttps(target, { ...options, agent: undefined, createConnection });
    return answerOf(sent, options, (error) => unreachable(target, error));
  }
  const { send, host, port } = proxyConnection(proxy);
  const { href } = withoutCredentials(target);
  const headers = { ...options.headers, host: target.host, ...proxyHeaders(proxy) };
  const sent = send({ ...options, host, port, path: href, headers, agent: false });
  const answer = await answerOf(sent, options, (error) => unreachableProxy(proxy, error));
  if (answer.statusCode !== 407) return answer;
  answer.destroy();
  throw refusedByProxy(proxy);
}

function withoutCredentials(target: URL): URL {
  const plain = new URL(target);
  plain.username = '';
  plain.password = '';
  plain.hash = '';
  return plain;
}

function answerOf(
  sent: ReturnType<typeof requestHttp>,
  { signal, timeout }: RequestOptions,
  explain: (error: Error) => HubError,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('timeout', () => sent.destroy(new Error(`nothing came for ${timeout} ms`)));
    sent.on('error', (error) => reject(signal?.aborted || error instanceof HubError ? error : explain(error)));
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
