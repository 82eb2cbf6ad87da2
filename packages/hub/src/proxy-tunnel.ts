import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { HubError } from './errors.ts';
import { bareHost, portOf } from './proxies.ts';

export interface TunnelOptions {
  signal?: AbortSignal;
  timeoutMs: number;
}

/** What a proxy's address says of who asks. */
export function proxyHeaders({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Where and how a request to the proxy itself is sent. */
export const proxyConnection = (proxy: URL) => ({
  send: proxy.protocol === 'https:' ? requestHttps : requestHttp,
  host: bareHost(proxy),
  port: portOf(proxy),
});

/** A connection to the target's port through the proxy's CONNECT. Throws HubError when the proxy refuses. Source: RFC 9110, 9.3.6. */
export function openTunnel(proxy: URL, target: URL, { signal, timeoutMs }: TunnelOptions): Promise<Socket> {
  const { send, host, port } = proxyConnection(proxy);
  const authority = `${target.hostname}:${portOf(target)}`;
  return new Promise((resolve, reject) => {
    const sent = send({
      ...{ method: 'CONNECT', host, port, path: authority, signal, timeout: timeoutMs, agent: false },
      headers: { host: authority, 'user-agent': 'featurescope', ...proxyHeaders(proxy) },
    });
    sent.on('timeout', () => sent.destroy(new Error(`nothing came for ${timeoutMs} ms`)));
    sent.on('error', (error) => reject(signal?.aborted ? error : unreachableProxy(proxy, error)));
    sent.on('connect', ({ statusCode = 0 }, socket, head) => {
      if (statusCode >= 200 && statusCode < 300 && head.length === 0) {
        socket.setTimeout(0);
        return resolve(socket as Socket);
      }
      socket.destroy();
      reject(refusedTunnel(proxy, target, statusCode));
    });
    sent.end();
  });
}

/** host:port of a proxy: never its password. */
const shown = (proxy: URL) => `${proxy.hostname}:${portOf(proxy)}`;

export function refusedByProxy(proxy: URL): HubError {
  return new HubError(
    'unavailable',
    `The proxy ${shown(proxy)} wants to know who asks (407). Put user and password into its address: HTTPS_PROXY=http://user:password@host:port.`,
  );
}

export const unreachableProxy = (proxy: URL, cause: Error) =>
  new HubError(
    'unavailable',
    `The proxy ${shown(proxy)} cannot be reached (${cause.message}). Check HTTPS_PROXY and HTTP_PROXY, then try again.`,
    cause,
  );

function refusedTunnel(proxy: URL, target: URL, status: number): HubError {
  if (status === 407) return refusedByProxy(proxy);
  return new HubError(
    'unavailable',
    `The proxy ${shown(proxy)} does not connect to ${target.host} (${status}). Allow it there, or list it in NO_PROXY.`,
  );
}
