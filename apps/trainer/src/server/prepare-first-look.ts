import path from 'node:path';
import { isEmpty } from '@featurescope/db';
import type { ServerContext } from './context.ts';
import { importBundledDataset } from './services/bundled-dataset.ts';
import { planDemoRun } from './services/demo-run.ts';

export interface FirstLookOptions {
  /** The bundled model's directory; its dataset lies in `dataset/`. */
  directory: string;
  demo: boolean;
  /** The server stops. */
  signal: AbortSignal;
}

/** After every start: finds models. In a new installation: imports the bundled dataset
 *  and, unless turned off, begins a first run, so that the pages open on something alive. */
export async function prepareFirstLook(context: ServerContext, options: FirstLookOptions): Promise<void> {
  const { directory, demo, signal } = options;
  const { db, store, log, models, runs } = context;
  await models.scan();
  if (await isEmpty(db)) {
    const datasetId = await importBundledDataset({ db, store, directory: path.join(directory, 'dataset'), signal });
    log.info({ datasetId }, 'bundled dataset imported');
  }
  signal.throwIfAborted();
  const run = demo ? await planDemoRun(db) : null;
  if (run === null) return;
  const runId = await runs.create(run, { demo: true });
  log.info({ runId }, 'demo run created');
}
