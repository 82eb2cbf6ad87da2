import { recordActivationSet, updateRun } from '@featurescope/db';
import {
  ActivationStream,
  harvestChunk,
  hookWidth,
  InvalidRequestError,
  ShardLayout,
  shardChunks,
} from '@featurescope/interp';
import { readModelConfig } from '@featurescope/lm';
import type { TokenCorpus } from '@featurescope/store';
import { activationSetOf } from '../../activations/run-activation-set.ts';
import { ActivationUse } from './activation-use.ts';
import type { LazyModel } from './lazy-model.ts';
import type { RunCheckpoint } from './run-checkpoint.ts';
import { ShardShelf } from './shard-shelf.ts';
import type { StageContext } from './stage-context.ts';

export interface OpenActivationsOptions {
  corpus: TokenCorpus;
  checkpoint: RunCheckpoint | null;
  model: LazyModel;
}

/** The activations that a run trains on, from where its checkpoint stands: read from the model as training goes, or from stored
 *  shards, where what is missing is harvested and kept. */
export async function openActivations(
  context: StageContext,
  { corpus, checkpoint, model }: OpenActivationsOptions,
): Promise<ActivationStream> {
  const { run, control } = context;
  const { seed, batchSize, hookName } = run;
  if (run.activations === 'store') {
    const { shelf, layout, width } = await openShelf(context, { corpus, model });
    const nShards = layout.shardsFor(run.nSteps * batchSize);
    const use = new ActivationUse(context, nShards);
    const read = (shard: number) => use.note(shard, shelf.read(shard));
    const onChunk = (chunk: number, newShards: number[]) => use.count(chunk, newShards);
    const chunks = shardChunks({ layout, width, seed, nShards, read, onChunk });
    return new ActivationStream({ chunks, seed, batchSize }, checkpoint?.cursor);
  }
  const contextIndices = corpus.contextIndices('train');
  return new ActivationStream(
    {
      ...{ hookName, source: corpus, contextIndices, seed, batchSize, signal: control.signal },
      model: await model.load(),
    },
    checkpoint?.cursor,
  );
}

/** The shelf of a run's set, which is recorded as used by it. */
export async function openShelf(
  context: StageContext,
  { corpus, model }: Pick<OpenActivationsOptions, 'corpus' | 'model'>,
): Promise<{ shelf: ShardShelf; layout: ShardLayout; width: number }> {
  const { run, db, control, writer } = context;
  const { hookName } = run;
  const width = hookWidth({ config: await readModelConfig(run.model.directory) }, hookName);
  if (width === null) throw new InvalidRequestError(`The model has no hook "${hookName}"`, { hookName });
  const layout = new ShardLayout(corpus, corpus.contextIndices('train'), width);
  const set = { ...activationSetOf(run), width, nShards: layout.nShards };
  // In this order: from the first on, the set can be neither deleted nor evicted.
  await writer.write((transaction) => updateRun(transaction, run.id, { activationSetId: set.id }));
  await recordActivationSet(db, set);
  const shelf = new ShardShelf({
    ...{ context, set, layout },
    harvest: async (contexts, outlierNorm) =>
      harvestChunk(
        { model: await model.load(), hookName, source: corpus, signal: control.signal },
        contexts,
        outlierNorm,
      ),
  });
  return { shelf, layout, width };
}
