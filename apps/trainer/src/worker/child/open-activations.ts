import { recordActivationSet, updateRun } from '@featurescope/db';
import {
  ActivationStream,
  harvestChunk,
  hookWidth,
  InvalidRequestError,
  ShardLayout,
  type StreamCursor,
  shardChunks,
} from '@featurescope/interp';
import { type LanguageModel, readModelConfig } from '@featurescope/lm';
import type { TokenCorpus } from '@featurescope/store';
import { activationSetOf } from '../../activations/run-activation-set.ts';
import type { ActivationReaders } from './activation-readers.ts';
import { ActivationUse } from './activation-use.ts';
import { type ShardOrigin, ShardShelf } from './shard-shelf.ts';

/** What a stream needs of the model. */
export type StreamModel = Pick<LanguageModel, 'run' | 'config'>;

export interface OpenActivationsOptions {
  corpus: TokenCorpus;
  /** Where the stream goes on; absent: at its beginning. */
  cursor: StreamCursor | undefined;
  /** Loaded when it is first needed. */
  model: { load(): Promise<StreamModel> };
}

/** The activations that runs train on, from where their checkpoints stand: read from the model as training goes, or from stored
 *  shards, where what is missing is harvested and kept. */
export async function openActivations(
  readers: ActivationReaders,
  { corpus, cursor, model }: OpenActivationsOptions,
): Promise<ActivationStream> {
  const { run, signal } = readers;
  const { seed, batchSize, hookName } = run;
  if (run.activations === 'store') {
    const { shelf, layout, width } = await openShelf(readers, { corpus, model });
    const nShards = layout.shardsFor(run.nSteps * batchSize);
    const { read, onChunk } = countedReads(readers, { shelf, nShards });
    return new ActivationStream(
      { chunks: shardChunks({ layout, width, seed, nShards, read, onChunk }), seed, batchSize },
      cursor,
    );
  }
  const contextIndices = corpus.contextIndices('train');
  return new ActivationStream(
    { ...{ hookName, source: corpus, contextIndices, seed, batchSize, signal }, model: await model.load() },
    cursor,
  );
}

/** Reads of the shelf's shards, of which each reader's run says what became of them. */
function countedReads(readers: ActivationReaders, { shelf, nShards }: { shelf: ShardShelf; nShards: number }) {
  const uses = new Map(readers.contexts().map((context) => [context, new ActivationUse(context, nShards)]));
  const origins = new Map<number, ShardOrigin>();
  return {
    async read(shard: number) {
      const { content, origin } = await shelf.read(shard);
      origins.set(shard, origin);
      return content;
    },
    onChunk(chunk: number, newShards: number[]) {
      for (const context of readers.contexts()) uses.get(context)?.count(chunk, newShards, origins);
      origins.clear();
    },
  };
}

/** The shelf of the readers' set, which is recorded as used by them. */
export async function openShelf(
  readers: ActivationReaders,
  { corpus, model }: Pick<OpenActivationsOptions, 'corpus' | 'model'>,
): Promise<{ shelf: ShardShelf; layout: ShardLayout; width: number }> {
  const { run, db, signal } = readers;
  const { hookName } = run;
  const width = hookWidth({ config: await readModelConfig(run.model.directory) }, hookName);
  if (width === null) throw new InvalidRequestError(`The model has no hook "${hookName}"`, { hookName });
  const layout = new ShardLayout(corpus, corpus.contextIndices('train'), width);
  const set = { ...activationSetOf(run), width, nShards: layout.nShards };
  // In this order: from the first on, the set can be neither deleted nor evicted.
  for (const context of readers.contexts())
    await context.writer.write((transaction) => updateRun(transaction, context.run.id, { activationSetId: set.id }));
  await recordActivationSet(db, set);
  const shelf = new ShardShelf({
    ...{ readers, set, layout },
    harvest: async (contexts, outlierNorm) =>
      harvestChunk({ model: await model.load(), hookName, source: corpus, signal }, contexts, outlierNorm),
  });
  return { shelf, layout, width };
}
