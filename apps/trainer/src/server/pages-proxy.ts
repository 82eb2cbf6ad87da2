import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import fastifyHttpProxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply } from 'fastify';

const notUpPage = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>featurescope is starting</title>
<body style="font:14px/1.45 system-ui;max-width:36rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark">
<h1 style="font-size:20px">The pages are not up yet</h1>
<p>The server answers, but the process that makes its pages does not. Just after a start this takes a few seconds;
this page tries again by itself. If it lasts, look at the terminal that runs <code>npm start</code>.</p>
<p>The HTTP interface works meanwhile: <a href="/api/docs">/api/docs</a>.</p></body></html>`;

/** Hands everything outside /api to Next. */
export async function proxyPages(app: FastifyInstance, webUrl: string): Promise<void> {
  await app.register(fastifyHttpProxy, {
    upstream: webUrl,
    prefix: '/',
    // A line for each file of a page would drown the log.
    logLevel: 'error',
    // Pages are only read. Without payloads the proxy adds no parser of its own for JSON, of which there is one already.
    httpMethods: ['GET', 'HEAD'],
    proxyPayloads: false,
    replyOptions: {
      rewriteRequestHeaders: (_request, headers) => withoutSecrets(headers),
      onError: (reply) => notUp(reply as FastifyReply),
    },
  });
}

/** Next has no use for the token that lets a browser in. */
function withoutSecrets<Headers extends NodeJS.Dict<string | string[]>>(headers: Headers): Headers {
  const { authorization: _token, ...others } = headers;
  return others as Headers;
}

function notUp(reply: FastifyReply): void {
  void reply.code(503).header('retry-after', '2').type('text/html; charset=utf-8').send(notUpPage);
}

/** Joins a websocket of the pages (hot reloading) to Next, byte for byte. Either side's end ends the other. */
export function tunnelUpgrade(webUrl: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const upstream = httpRequest(new URL(request.url ?? '/', webUrl), { headers: request.headers });
  let upstreamSocket: Duplex | null = null;
  const end = () => {
    socket.destroy();
    upstream.destroy();
    upstreamSocket?.destroy();
  };
  socket.on('error', end);
  socket.on('close', end);
  upstream.on('error', end);
  // Next answered without an upgrade: there is nothing to join.
  upstream.on('response', end);
  upstream.on('upgrade', (answer, joined, upstreamHead) => {
    upstreamSocket = joined;
    joined.on('error', end);
    joined.on('close', end);
    const headers = answer.rawHeaders.flatMap((name, i) =>
      i % 2 === 0 ? [`${name}: ${answer.rawHeaders[i + 1]}`] : [],
    );
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`);
    socket.write(upstreamHead);
    joined.write(head);
    joined.pipe(socket).pipe(joined);
  });
  upstream.end();
}
