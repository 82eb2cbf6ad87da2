import { createServer } from 'node:net';

/**
 * A TCP port that is free on 127.0.0.1 now. Another program may take it before it is used: callers retry.
 * @param {number} [preferred] returned when it is free
 * @returns {Promise<number>}
 */
export async function findFreePort(preferred) {
  if (preferred && (await probe(preferred))) return preferred;
  return /** @type {number} */ (await probe(0));
}

/**
 * The port that could be bound, 0 when it is taken.
 * @param {number} port 0: any
 * @returns {Promise<number>}
 */
function probe(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (port === 0 ? reject(error) : resolve(0)));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
