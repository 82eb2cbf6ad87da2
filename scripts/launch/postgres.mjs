import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findFreePort } from './free-port.mjs';
import { giveToPostgres, postgresCommand, postgresPrivileges } from './postgres-binaries.mjs';
import { ensureCluster, POSTGRES_USER } from './postgres-cluster.mjs';
import { isAlive, readPidFile, removeStalePidFile } from './postgres-pid-file.mjs';

const DATABASE = 'featurescope';
const START_ATTEMPTS = 4;

/**
 * @typedef {object} Postgres
 * @property {string} url of the database, which exists
 * @property {number} port
 * @property {boolean} adopted true when the server was already running
 * @property {Promise<void>} exited settles when the server process is gone, for whatever reason
 * @property {(timeoutMs?: number) => Promise<void>} stop fast shutdown (clients are disconnected); after the time (3 s) the
 *   immediate one, which costs a recovery at the next start
 *
 * @typedef {object} PostgresOptions
 * @property {string} dataDirectory created when missing; may contain spaces
 * @property {number} [port] preferred; another is taken when it is busy
 * @property {string} [logFile] default: server.log in the data directory
 * @property {boolean} [durable] default true; false for throw-away data that need not survive a power cut
 * @property {AbortSignal} [signal]
 * @property {(message: string) => void} [report]
 */

/**
 * Starts the embedded PostgreSQL on 127.0.0.1, or adopts the one that already serves the data directory. The server is its
 * own process group, so that Ctrl-C in the terminal reaches the launcher alone, which then stops it in order.
 * No Unix socket: their paths may not exceed 107 bytes.
 * @param {PostgresOptions} options
 * @returns {Promise<Postgres>}
 */
export async function startPostgres(options) {
  const dataDirectory = path.resolve(options.dataDirectory);
  const privileges = postgresPrivileges();
  mkdirSync(path.dirname(dataDirectory), { recursive: true });
  const { password } = await ensureCluster(dataDirectory, { ...options, privileges });
  giveToPostgres(dataDirectory, privileges);

  const running = await adopt(dataDirectory, password);
  if (running) return finish(running.pid, running.port, password, true);

  let problem = '';
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    options.signal?.throwIfAborted();
    const port = await findFreePort(attempt === 1 ? options.port : undefined);
    const result = await launch(dataDirectory, port, { ...options, password, privileges });
    if ('pid' in result) return finish(result.pid, port, password, false);
    problem = result.problem;
    options.report?.(`PostgreSQL did not start (attempt ${attempt} of ${START_ATTEMPTS}): ${problem}`);
    await sleep(250 * 2 ** attempt, undefined, { signal: options.signal });
  }
  throw new Error(`PostgreSQL did not start in ${dataDirectory}: ${problem}`);
}

/** @param {number} port @param {string} password @param {string} database */
const urlOf = (port, password, database) => `postgresql://${POSTGRES_USER}:${password}@127.0.0.1:${port}/${database}`;

/**
 * @param {number} pid
 * @param {number} port
 * @param {string} password
 * @param {boolean} adopted
 * @returns {Promise<Postgres>}
 */
async function finish(pid, port, password, adopted) {
  await ensureDatabase(urlOf(port, password, 'postgres'));
  return {
    url: urlOf(port, password, DATABASE),
    port,
    adopted,
    exited: waitForExit(pid),
    stop: (timeoutMs) => stopServer(pid, timeoutMs),
  };
}

/** @param {string} adminUrl */
async function ensureDatabase(adminUrl) {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/**
 * The server that already serves this directory, if there is one. One that is on its way up or down is waited for.
 * @param {string} dataDirectory
 * @param {string} password
 */
async function adopt(dataDirectory, password) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const entry = readPidFile(dataDirectory);
    if (!entry || removeStalePidFile(dataDirectory, entry)) return undefined;
    if (entry.port && (await answers(entry.port, password))) return { pid: entry.pid, port: entry.port };
    if (Date.now() > deadline) {
      throw new Error(
        `PostgreSQL process ${entry.pid} holds ${dataDirectory} but does not answer on port ${entry.port}. Stop it: kill ${entry.pid}`,
      );
    }
    await sleep(100);
  }
}

/** @param {number} port @param {string} password */
async function answers(port, password) {
  const client = new pg.Client({ connectionString: urlOf(port, password, 'postgres'), connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * @param {string} dataDirectory
 * @param {number} port
 * @param {PostgresOptions & {password: string, privileges: import('./postgres-binaries.mjs').Privileges}} options
 * @returns {Promise<{pid: number} | {problem: string}>}
 */
async function launch(dataDirectory, port, options) {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=120',
    ...(options.durable === false ? ['fsync=off', 'full_page_writes=off'] : []),
  ];
  const command = postgresCommand(
    'postgres',
    ['-D', dataDirectory, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    options.privileges,
  );
  const logFile = options.logFile ?? path.join(dataDirectory, 'server.log');
  mkdirSync(path.dirname(logFile), { recursive: true });
  const logSizeBefore = existsSync(logFile) ? readFileSync(logFile).length : 0;
  // A file, not a pipe: the server must outlive a launcher that is killed.
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command.file, command.args, {
    ...command.options,
    cwd: '/',
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  /** @type {string | undefined} */
  let problem;
  child.on('error', (error) => {
    problem = error.message;
  });
  const onExit = (/** @type {number | null} */ code, /** @type {string | null} */ signal) => {
    problem = lastErrors(readFileSync(logFile).subarray(logSizeBefore).toString()) || `exit ${code ?? signal}`;
  };
  child.on('exit', onExit);
  const began = Date.now();
  let reportedMs = 0;
  while (problem === undefined) {
    if (child.pid && (await answers(port, options.password))) {
      child.off('exit', onExit);
      child.unref();
      return { pid: child.pid };
    }
    if (options.signal?.aborted && child.pid) {
      await stopServer(child.pid);
      options.signal.throwIfAborted();
    }
    const waitedMs = Date.now() - began;
    if (waitedMs - reportedMs > 4000) {
      reportedMs = waitedMs;
      options.report?.(`PostgreSQL is starting (${Math.round(waitedMs / 1000)} s; it recovers after an unclean stop)`);
    }
    await sleep(40);
  }
  return { problem };
}

/** @param {string} log */
function lastErrors(log) {
  return log
    .split('\n')
    .filter((line) => /FATAL|PANIC|could not|cannot|error/i.test(line))
    .slice(-3)
    .join(' | ');
}

/** @param {number} pid */
async function waitForExit(pid) {
  while (isAlive(pid)) await sleep(500, undefined, { ref: false });
}

/** @param {number} pid @param {number} [fastMs] */
async function stopServer(pid, fastMs = 3000) {
  for (const [signal, timeoutMs] of /** @type {[NodeJS.Signals, number][]} */ ([
    ['SIGINT', fastMs],
    ['SIGQUIT', 500],
    ['SIGKILL', 200],
  ])) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return;
      await sleep(20);
    }
  }
}
