import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 40 * 60_000;

/**
 * Waits until the run that a first start begins by itself is browsable; throws when it fails.
 * @param {string} url of the product
 * @returns {Promise<{id: string, tookMs: number}>}
 */
export async function waitForDemo(url) {
  const began = Date.now();
  let last = '';
  while (Date.now() - began < WITHIN_MS) {
    const { runs } = await (await fetch(`${url}/api/runs`)).json();
    const run = runs[0];
    const state = run ? `${run.status}, ${run.stage}` : 'not there yet';
    if (state !== last) console.log(`  the demo run is ${state} after ${Math.round((Date.now() - began) / 1000)} s`);
    last = state;
    if (run?.status === 'succeeded') return { id: run.id, tookMs: Date.now() - began };
    if (run?.status === 'failed' || run?.status === 'cancelled') throw new Error(`The demo run is ${run.status}.`);
    await sleep(2000);
  }
  throw new Error(`The demo run was not done after ${WITHIN_MS / 60_000} minutes.`);
}
