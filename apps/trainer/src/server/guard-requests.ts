import type { FastifyInstance } from 'fastify';
import type { RequestGuard } from './request-guard.ts';

/** Asks the guard about every request before its body is read; lets a browser in by a `?token=` link. */
export function guardRequests(app: FastifyInstance, guard: RequestGuard): void {
  app.addHook('onRequest', async (request, reply) => {
    const url = new URL(request.url, 'http://guard.invalid');
    const givenToken = url.searchParams.get('token');
    const cookie = givenToken !== null && request.method === 'GET' ? guard.cookieFor(givenToken) : null;
    if (cookie !== null) {
      guard.checkHost(request.headers.host);
      url.searchParams.delete('token');
      // Without the token, so that it stays out of the history and of referrers.
      return reply.header('set-cookie', cookie).redirect(`${url.pathname}${url.search}`, 303);
    }
    const isWebsocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    guard.check({ method: request.method, headers: request.headers, isWebsocket });
  });
}
