import type { AddressInfo } from 'node:net';
import type { TensorBackend } from '@featurescope/contracts';
import { createDb } from '@featurescope/db';
import { Store } from '@featurescope/store';
import { initTensor, measureMatmul } from '@featurescope/tensor/node';
import { parseEnv } from './env.ts';
import { buildInferenceApp } from './inference/inference-app.ts';
import { createLog } from './log.ts';

const env = parseEnv(process.env);
const log = createLog('inference', env.logLevel);
if (env.inferenceSecret === null) throw new Error('INFERENCE_SECRET is required by the inference process');
const db = createDb(env.databaseUrl, {
  applicationName: 'featurescope-inference',
  onError: (error) => log.warn({ err: error }, 'a database connection broke'),
});
const { name, library, threads, reason } = await initTensor(env.tensor ? { backend: env.tensor } : {});
const tensor: TensorBackend = { name, library, threads, matmulGflops: measureMatmul(), reason: reason ?? null };
const store = new Store(env.dataDirectory);
const { inferenceSecret: secret, packedWeights } = env;
const app = await buildInferenceApp({ db, store, log, secret, packedWeights, tensor: () => tensor });
await app.listen({ host: env.host, port: env.port });
const { port } = app.server.address() as AddressInfo;
log.info({ port, tensor }, 'inference is ready');
process.send?.({ type: 'listening', port });

let isStopping = false;
async function stop(signal: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info({ signal }, 'inference stops');
  await app.close();
  await db.close();
  process.exit(0);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// A launcher that was killed leaves no process behind.
if (process.send) process.on('disconnect', () => stop('disconnect'));
