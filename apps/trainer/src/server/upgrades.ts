import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { statusOfCode } from '../app-error.ts';
import { errorBody, toAppError } from './error-handler.ts';
import { tunnelUpgrade } from './pages-proxy.ts';
import type { RequestGuard } from './request-guard.ts';

export interface UpgradeOptions {
  guard: RequestGuard;
  webUrl: string | null;
  /** Gets the upgrades of /api, as an HTTP server would emit them. */
  apiUpgrades: EventEmitter;
}

/** Each websocket goes to one of two places: those of /api to this server, all others to Next. */
export function dispatchUpgrades(app: FastifyInstance, { guard, webUrl, apiUpgrades }: UpgradeOptions): void {
  const tunnelled = new Set<Duplex>();
  // A server waits for its sockets when it closes; these would stay open for as long as a page does.
  app.addHook('preClose', async () => {
    for (const socket of tunnelled) socket.destroy();
  });
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    try {
      guard.check({ method: request.method ?? 'GET', headers: request.headers, isWebsocket: true });
    } catch (error) {
      return refuse(socket, error);
    }
    if (/^\/api(\/|\?|$)/.test(request.url ?? '')) apiUpgrades.emit('upgrade', request, socket, head);
    else if (webUrl === null) socket.destroy();
    else {
      tunnelled.add(socket);
      socket.on('close', () => tunnelled.delete(socket));
      tunnelUpgrade(webUrl, request, socket, head);
    }
  });
}

function refuse(socket: Duplex, error: unknown): void {
  const appError = toAppError(error);
  const body = JSON.stringify(errorBody(appError, 'websocket'));
  const status = statusOfCode[appError.code];
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
