import { parseEnv } from './env.ts';
import { createLog } from './log.ts';
import { startServer } from './server/start-server.ts';

/** Entry point: the product's one public port. Reports it to its parent process, and stops in order on a signal. */
const stopTimeoutMs = 3000;

const env = parseEnv(process.env);
const log = createLog('server', env.logLevel);

const server = await startServer(env, log).catch((error: Error) => {
  log.fatal({ err: error }, 'server did not start');
  process.exit(1);
});
process.send?.({ type: 'listening', port: server.port });

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'server stops');
    // Whatever hangs must not keep the product from stopping.
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    server.stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'server did not stop cleanly');
        process.exit(1);
      },
    );
  });
}
// A launcher that was killed leaves nobody to send a signal.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
