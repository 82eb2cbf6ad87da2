import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { memoryEnv } from './memory-env.mjs';
import { supervise } from './supervise.mjs';

const DEFAULT_PORT = 3210;

/**
 * @typedef {object} Product
 * @property {string} url
 * @property {import('./supervise.mjs').Supervised[]} processes
 *
 * @typedef {object} ProductOptions
 * @property {string} databaseUrl
 * @property {'gpu' | 'native' | 'wasm' | undefined} tensor undefined: what loads
 * @property {boolean} dev
 * @property {(process: import('./supervise.mjs').Supervised) => void} onStarted called at once for each, so that it can be stopped
 */

/**
 * Starts inference and web, then the server in front of them and the worker, and waits until it answers.
 * @param {import('./install.mjs').SetupContext} context
 * @param {NodeJS.ProcessEnv} environment the user's
 * @param {ProductOptions} options
 * @returns {Promise<Product>}
 */
export async function startProduct(context, environment, options) {
  const { root, dataDirectory, terminal, signal } = context;
  const env = productEnv(environment, dataDirectory, options);
  /** @type {import('./supervise.mjs').Supervised[]} */
  const processes = [];
  /** @type {Record<string, number>} */
  const pids = {};
  /** For those who want to look at one of them, or to see what happens when it dies. @param {string} name @param {number} pid */
  const onPid = (name, pid) => {
    pids[name] = pid;
    writeFileSync(path.join(dataDirectory, 'processes.json'), `${JSON.stringify(pids, null, 2)}\n`);
  };
  /** @param {string} name @param {string[]} args @param {NodeJS.ProcessEnv} [extra] @param {number} [port] */
  const start = (name, args, extra, port) => {
    // What the worker does is news; what the server answers is not.
    const spec = { name, args, cwd: root, env: { ...env, ...extra }, port, quiet: name !== 'worker' };
    const logDirectory = path.join(dataDirectory, 'logs');
    const supervised = supervise(spec, { logDirectory, say: terminal.say, onPid });
    processes.push(supervised);
    options.onStarted(supervised);
    return supervised;
  };
  /** @param {string} name */
  const trainer = (name) => ['--import', 'tsx', `apps/trainer/src/${name}.ts`];

  const wantedPort = Number(environment.PORT || DEFAULT_PORT);
  const url = await terminal.step('Starting the product', async (progress) => {
    const inference = environment.INFERENCE_URLS ? undefined : start('inference', trainer('inference'));
    const web = start('web', ['apps/web/serve.mjs', ...(options.dev ? ['--dev'] : [])]);
    progress('inference and pages');
    const [webPort, inferencePort] = await abortable(Promise.all([web.port, inference?.port]), signal);
    const addresses = {
      // The one process that may listen on another address than the loopback.
      ...(environment.HOST ? { HOST: environment.HOST } : {}),
      WEB_URL: `http://127.0.0.1:${webPort}`,
      ...(inferencePort ? { INFERENCE_URLS: `http://127.0.0.1:${inferencePort}` } : {}),
    };
    progress('server and worker');
    const server = start('server', trainer('server'), addresses, wantedPort);
    // Last: it goes on at once with what was interrupted, and would take the processor from the others.
    const worker = start('worker', trainer('worker'));
    const [port] = await abortable(Promise.all([server.port, worker.port]), signal);
    if (port !== wantedPort && wantedPort !== 0) {
      terminal.say(`Port ${wantedPort} is taken by another program: using ${port}. PORT=… npm start chooses one.`);
    }
    const address = publicUrl(environment.HOST, port);
    progress(`waiting for ${address}/api/health`);
    await untilHealthy(address, signal);
    return address;
  });
  return { url, processes };
}

/**
 * The environment of every process. npm's description of itself is left out; DATABASE_URL and the shared secret are made here.
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} dataDirectory
 * @param {ProductOptions} options
 * @returns {NodeJS.ProcessEnv}
 */
function productEnv(environment, dataDirectory, { databaseUrl, tensor, dev }) {
  const inherited = Object.entries(environment).filter(
    ([name]) => !/^npm_|^FEATURESCOPE_TENSOR$|^PORT$|^HOST$/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    NODE_ENV: dev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
    ...memoryEnv(environment),
    DATABASE_URL: databaseUrl,
    FEATURESCOPE_DATA: dataDirectory,
    INFERENCE_SECRET: environment.INFERENCE_SECRET || randomBytes(32).toString('hex'),
    ...(tensor ? { FEATURESCOPE_TENSOR: tensor } : {}),
  };
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
function abortable(promise, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** @param {string} url @param {AbortSignal} signal */
async function untilHealthy(url, signal) {
  const deadline = Date.now() + 60_000;
  while (!(await isHealthy(url))) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`The server does not answer at ${url}/api/health.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether the product answers at an address; one that asks for another token than ours counts. @param {string} url */
export async function isHealthy(url) {
  const token = process.env.FEATURESCOPE_TOKEN;
  try {
    const response = await fetch(`${url}/api/health`, {
      headers: token ? { authorization: `Bearer ${token}` } : {},
      signal: AbortSignal.timeout(3000),
      redirect: 'error',
    });
    const body = await response.json();
    if (response.status === 401) return JSON.stringify(body).includes('unauthorized');
    return response.ok && (body.status === 'ok' || body.status === 'degraded');
  } catch {
    return false;
  }
}

/** The address to show and to ask: a wildcard is reached on the loopback. @param {string | undefined} host @param {number} port */
function publicUrl(host, port) {
  const name = !host || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
