/**
 * Serves the pages on a free port of the loopback (HOST, PORT) and reports it to the launcher; the trainer's server stands
 * in front.
 * `next start` would listen on a port that has to be guessed beforehand.
 */
import { createServer } from 'node:http';
import next from 'next';

const dev = process.argv.includes('--dev');
const hostname = process.env.HOST || '127.0.0.1';

const server = createServer();
await new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen(Number(process.env.PORT ?? 0), hostname, () => resolve(undefined));
});
const address = server.address();
const port = typeof address === 'object' && address ? address.port : 0;

const app = next({ dev, dir: import.meta.dirname, hostname, port });
await app.prepare();
const handle = app.getRequestHandler();
server.on('request', (request, response) => handle(request, response));
if (dev) {
  const upgrade = app.getUpgradeHandler();
  server.on('upgrade', (request, socket, head) => upgrade(request, socket, head));
}
process.send?.({ type: 'listening', port });

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    // Next leaves timers behind; there is nothing of it to save.
    app.close().finally(() => process.exit(0));
    setTimeout(() => process.exit(0), 1000).unref();
  });
}
