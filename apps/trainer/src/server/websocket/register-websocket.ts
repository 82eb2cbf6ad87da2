import type { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { RawData, WebSocket } from 'ws';
import { EventClient } from './event-client.ts';
import type { EventHub } from './event-hub.ts';

const maxMessageBytes = 16 * 1024;
const pingIntervalMs = 15_000;
const closeGraceMs = 300;
const goingAway = 1001;

export interface WebsocketOptions {
  /** Where upgrades come from. */
  upgrades: EventEmitter;
  hub: EventHub;
  pingIntervalMs?: number;
}

/** /api/ws: live events of runs and steering experiments. */
export async function registerWebsocket(app: FastifyInstance, options: WebsocketOptions): Promise<void> {
  await app.register(fastifyWebsocket, {
    options: { server: options.upgrades as Server, maxPayload: maxMessageBytes, perMessageDeflate: false },
    preClose(done) {
      for (const socket of app.websocketServer.clients) {
        socket.close(goingAway, 'the server stops');
        setTimeout(() => socket.terminate(), closeGraceMs).unref();
      }
      app.websocketServer.close();
      done();
    },
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error }, 'websocket broke');
      socket.terminate();
    },
  });
  app.get('/api/ws', { websocket: true }, (socket) => serve(socket, options));
}

function serve(socket: WebSocket, { hub, pingIntervalMs: intervalMs = pingIntervalMs }: WebsocketOptions): void {
  const client = new EventClient(socket, hub);
  let isAlive = true;
  const pinging = setInterval(() => {
    // Whoever did not answer the last ping is gone.
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, intervalMs);
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('message', (data: RawData, isBinary: boolean) => {
    isAlive = true;
    client.receive(isBinary ? '' : data.toString()).catch(() => socket.close(1011, 'the database does not answer'));
  });
  socket.on('close', () => {
    clearInterval(pinging);
    client.close();
  });
}
