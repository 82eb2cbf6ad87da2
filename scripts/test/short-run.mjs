import { setTimeout as sleep } from 'node:timers/promises';

/** A tenth of the first run that a new installation begins by itself, otherwise the same. */
const SETTINGS = {
  name: 'Short run',
  architecture: 'topk',
  nLatents: 2048,
  k: 32,
  nTokens: 150_000,
  batchSize: 1024,
  learningRate: 0.0008,
  seed: 1,
};
const WITHIN_MS = 20 * 60_000;

/**
 * Trains a dictionary of the bundled model on the bundled text and waits until its features are indexed and labelled.
 * Throws when that fails, when it takes too long, and when there is nothing to browse afterwards.
 * @param {string} url of the product
 */
export async function trainShortRun(url) {
  const began = Date.now();
  const model = await until(url, '/api/models', ({ models }) => models.find((/** @type {any} */ each) => each.bundled));
  const dataset = await until(url, '/api/datasets', ({ datasets }) =>
    datasets.find((/** @type {any} */ each) => each.bundled && each.status === 'ready'),
  );
  const body = { ...SETTINGS, modelId: model.id, hookName: model.defaultHookName, datasetId: dataset.id };
  const { id } = await ask(url, '/api/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  let shown = '';
  const run = await until(url, `/api/runs/${id}`, (state) => {
    const now = `${state.status}, ${state.stage}`;
    if (now !== shown) console.log(`  the run is ${now} after ${Math.round((Date.now() - began) / 1000)} s`);
    shown = now;
    if (state.status === 'failed') throw new Error(`The run failed: ${JSON.stringify(state.failure)}`);
    return state.status === 'succeeded' ? state : undefined;
  });
  console.log(`  FVU ${run.evaluation?.fvu}, ${run.nFeatures} features, ${run.nLabelled} labels`);
  if (!run.nFeatures || !run.nLabelled) throw new Error('The run left nothing to browse.');
}

/**
 * Asks again until the answer has what is looked for.
 * @param {string} url
 * @param {string} route
 * @param {(answer: any) => any} find
 */
async function until(url, route, find) {
  const deadline = Date.now() + WITHIN_MS;
  while (Date.now() < deadline) {
    const found = find(await ask(url, route));
    if (found) return found;
    await sleep(1000);
  }
  throw new Error(`${route} did not come to what is expected within ${WITHIN_MS / 60_000} minutes.`);
}

/** @param {string} url @param {string} route @param {RequestInit} [init] */
async function ask(url, route, init) {
  const response = await fetch(url + route, init);
  const answer = await response.json();
  if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${route}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}
