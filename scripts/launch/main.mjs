import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDirectoryOf, dataDirectoryOf, root } from './directories.mjs';
import { acquireLock, readLock } from './lock.mjs';
import { isHealthy, startProduct } from './processes.mjs';
import { setUp } from './setup.mjs';
import { createTerminal, seconds } from './terminal.mjs';

/** Of the 5 s that stopping may take: what the processes leave is PostgreSQL's. */
const PROCESSES_STOP_MS = 3000;
const EVERYTHING_STOP_MS = 4800;

/**
 * `npm start`: see scripts/start.mjs.
 * @param {{setupOnly: boolean, dev: boolean}} options
 * @returns {Promise<number>} exit code
 */
export async function main({ setupOnly, dev }) {
  const began = performance.now();
  const environment = process.env;
  const dataDirectory = dataDirectoryOf(environment);
  const terminal = createTerminal();
  const stop = stopOnSignals(terminal);
  /** @type {import('./install.mjs').SetupContext} */
  const context = {
    root,
    dataDirectory,
    cacheDirectory: cacheDirectoryOf(environment),
    logFile: path.join(dataDirectory, 'logs/setup.log'),
    signal: stop.signal,
    terminal,
  };
  try {
    if (setupOnly) {
      await setUp(context, { environment, dev });
      terminal.say(`Set up in ${seconds(performance.now() - began)}.`);
      return 0;
    }
    const taken = await lockOrFindRunning(context);
    if ('url' in taken) {
      terminal.say(`featurescope is already running: ${taken.url}`);
      return 0;
    }
    stop.onStop(async () => taken.lock.release());
    const { tensor } = await setUp(context, { environment, dev });
    const { openDatabase } = await import('./database.mjs');
    const database = await openDatabase(context, environment.DATABASE_URL || undefined);
    stop.onStop((leftMs) => database.stop(leftMs - 1000));
    const product = await startProduct(context, environment, {
      databaseUrl: database.url,
      tensor,
      dev,
      onStarted: (started) => stop.onStop(() => started.stop(PROCESSES_STOP_MS), { together: true }),
    });
    if (dev) {
      const { restartOnChange } = await import('./watch-sources.mjs');
      restartOnChange(root, product.processes, stop.signal);
    }
    taken.lock.setUrl(product.url);
    terminal.say(
      `\nfeaturescope is ready after ${seconds(performance.now() - began)}. Data: ${dataDirectory}. Ctrl-C stops it.\n\n  ${product.url}\n`,
    );
    await stop.requested;
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    console.error(`\n${error instanceof Error ? error.message : error}`);
    return 1;
  } finally {
    await stop.everything();
    if (stop.hasParts()) terminal.say('Stopped.');
  }
}

/**
 * The lock of the data directory, or the address at which its owner answers. Waits for one that is still starting.
 * @param {import('./install.mjs').SetupContext} context
 * @returns {Promise<{lock: import('./lock.mjs').Lock} | {url: string}>}
 */
async function lockOrFindRunning({ dataDirectory, terminal, signal }) {
  const first = acquireLock(dataDirectory);
  if ('lock' in first) return first;
  return terminal.step(`Another start (process ${first.owner.pid}) is under way for ${dataDirectory}`, async () => {
    let unanswered = 0;
    for (;;) {
      const attempt = acquireLock(dataDirectory);
      if ('lock' in attempt) return attempt;
      const url = readLock(dataDirectory)?.url;
      if (url && (await isHealthy(url))) return { url };
      if (url && ++unanswered > 10) {
        throw new Error(
          `Process ${attempt.owner.pid} owns ${dataDirectory} but does not answer at ${url}. End it with: kill ${attempt.owner.pid}`,
        );
      }
      await sleep(500, undefined, { signal });
    }
  });
}

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into an orderly stop; a second one ends the process at once.
 * @param {import('./terminal.mjs').Terminal} terminal
 */
function stopOnSignals(terminal) {
  const controller = new AbortController();
  /** @type {{stop: (leftMs: number) => Promise<void>, together: boolean}[]} */
  const parts = [];
  /** @type {() => void} */
  let request = () => {};
  const requested = new Promise((/** @type {(value: void) => void} */ resolve) => {
    request = resolve;
  });
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      terminal.say('\nStopping …');
      controller.abort(new Error('stopped'));
      request();
    });
  }
  return {
    signal: controller.signal,
    requested,
    hasParts: () => parts.length > 0,
    /** @param {(leftMs: number) => Promise<void>} stop @param {{together: boolean}} [options] */
    onStop(stop, options = { together: false }) {
      parts.push({ stop, ...options });
    },
    /** Last started, first stopped; the processes of the product at the same time. */
    async everything() {
      controller.abort(new Error('stopped'));
      const watchdog = setTimeout(() => process.exit(1), EVERYTHING_STOP_MS);
      const deadline = Date.now() + EVERYTHING_STOP_MS;
      /** @param {typeof parts[number]} part */
      const settle = (part) => part.stop(Math.max(0, deadline - Date.now())).catch(() => {});
      await Promise.all(parts.filter((part) => part.together).map(settle));
      for (const part of parts.filter((each) => !each.together).reverse()) await settle(part);
      clearTimeout(watchdog);
    },
  };
}
