#!/usr/bin/env node
/**
 * npm start            sets up what is missing or stale, starts everything and prints one URL; Ctrl-C stops it
 *   --setup-only       only sets up
 *   --dev              Next's development server, and the processes restart when their sources change
 *
 * PORT (3210), DATABASE_URL (else an embedded PostgreSQL), FEATURESCOPE_DATA (./data), FEATURESCOPE_TENSOR (native|wasm|gpu),
 * FEATURESCOPE_DEMO (0: no first run by itself), XDG_CACHE_HOME; the README has the whole table.
 *
 * This file and scripts/launch run before anything is installed: they import Node's own modules alone until it is.
 */
import { platformProblem, thisMachine } from './launch/platform.mjs';

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== '--setup-only' && option !== '--dev');
const problem = unknown
  ? `Unknown option ${unknown}; there are --setup-only and --dev.`
  : platformProblem(thisMachine());
if (problem) {
  console.error(problem);
  process.exit(1);
}
const { main } = await import('./launch/main.mjs');
process.exit(await main({ setupOnly: options.includes('--setup-only'), dev: options.includes('--dev') }));
