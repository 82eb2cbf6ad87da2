import { type StoredContext, storeContexts, storedContextIndices, storeEvidence } from '@featurescope/db';
import { decoderNeighbours, type FeatureIndexer, indexFeatures, logitEffects } from '@featurescope/interp';
import type { LanguageModel } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import { TokenCorpus } from '@featurescope/store';
import { requireDictionary } from '../../run/run-dictionary.ts';
import { runIndexContexts } from '../../run/run-index-contexts.ts';
import { outlierNormOf } from '../../run/run-training-config.ts';
import { requireSameModel } from '../../run/same-model.ts';
import type { StageOutcome } from '../stage-outcome.ts';
import { soleReader } from './activation-readers.ts';
import { contextsOf, evidenceRow, type FeatureFindings } from './evidence-row.ts';
import { LazyModel } from './lazy-model.ts';
import { measureImported } from './measure-imported.ts';
import { openShelf } from './open-activations.ts';
import { enterStage, type StageContext, tell } from './stage-context.ts';

/** Features written in one transaction. */
const batchFeatures = 128;

/** The job `index`: reads a sample of the corpus through model and dictionary and writes what every feature responds to. An imported
 *  dictionary is measured before. Begun anew, it writes over what an earlier attempt left; nothing shows before it is whole. */
export async function indexStage(claimed: StageContext): Promise<StageOutcome> {
  const { store, control } = claimed;
  requireSameModel(claimed.run);
  const sae = await requireDictionary(store, claimed.run.id);
  const lazyModel = new LazyModel(claimed.run.model.directory, claimed.run.hookName);
  const model = await lazyModel.load();
  const context = claimed.run.origin === 'imported' ? await measureImported(claimed, { model, sae }) : claimed;
  const { run } = context;
  const corpus = TokenCorpus.open(store.corpusDirectory(run.corpusId ?? ''));
  const { nShards, others, contextIndices } = runIndexContexts(run, corpus, sae.config.dModel);
  const total = contextIndices.reduce((sum, index) => sum + corpus.contextLength(index), 0);
  const progress = await enterStage(context, { stage: 'index', total, unit: 'tokens' });
  let nRead = 0;
  const indexer = await indexFeatures({
    ...{ model, sae, contextIndices: others, source: corpus, hookName: run.hookName },
    stored: nShards > 0 ? storedRows(context, { corpus, model: lazyModel, nShards }) : undefined,
    outlierNorm: outlierNormOf(run),
    seed: run.seed,
    signal: control.signal,
    onProgress: ({ nTokens }) => {
      nRead = nTokens;
      progress.report(nTokens);
    },
  });
  progress.report(total);
  await writeFeatures(context, { indexer, model, sae, corpus });
  tell(context, 'info', `Indexed ${run.nLatents} features over ${nRead} tokens`);
  await model.dispose();
  sae.dispose();
  corpus.dispose();
  return { type: 'finished', changes: { nFeatures: run.nLatents, nIndexedTokens: nRead } };
}

/** The rows of a run's first shards, which need no forward pass where they are stored. */
async function* storedRows(
  context: StageContext,
  { corpus, model, nShards }: { corpus: TokenCorpus; model: LazyModel; nShards: number },
) {
  const { shelf } = await openShelf(soleReader(context), { corpus, model });
  for (let shard = 0; shard < nShards; shard++) {
    await context.control.checkpoint();
    yield (await shelf.read(shard)).content;
  }
}

interface IndexParts {
  indexer: FeatureIndexer;
  model: LanguageModel;
  sae: SparseAutoencoder;
  corpus: TokenCorpus;
}

async function writeFeatures(context: StageContext, parts: IndexParts): Promise<void> {
  const { run, db, control, writer } = context;
  const { corpus } = parts;
  const stored = await storedContextIndices(db, run.corpusId ?? '');
  let batch: FeatureFindings[] = [];
  const writeBatch = async () => {
    const missing = new Set(
      batch.flatMap(({ evidence }) => contextsOf(evidence)).filter((index) => !stored.has(index)),
    );
    const rows = batch.map((findings) => evidenceRow(findings, corpus));
    batch = [];
    await control.checkpoint();
    await writer.write(async (transaction) => {
      await storeContexts(
        transaction,
        run.corpusId ?? '',
        [...missing].map((index) => storedContext(corpus, index)),
      );
      await storeEvidence(transaction, run.id, rows);
    });
    for (const index of missing) stored.add(index);
  };
  for (const findings of featureFindings(parts, run.hookName)) {
    if (batch.push(findings) >= batchFeatures) await writeBatch();
  }
  await writeBatch();
}

/** Evidence, logit effects and neighbours of every feature, in order. */
function* featureFindings({ indexer, model, sae }: IndexParts, hookName: string): Generator<FeatureFindings> {
  const { wDec } = sae.weights;
  const { dModel, nLatents } = sae.config;
  const effects = writesToResidual(hookName) ? logitEffects(wDec, model) : noEffects(nLatents);
  const neighbours = decoderNeighbours(wDec, dModel);
  for (const evidence of indexer.features()) {
    const index = evidence.featureIndex;
    yield {
      evidence,
      effects: effects.next().value,
      neighbours: neighbours.next().value,
      direction: wDec.subarray(index * dModel, (index + 1) * dModel),
    };
  }
}

/** Heads and neurons have a space of their own, which is not the one that is unembedded. */
const writesToResidual = (hookName: string) => !/\.(attn\.hook_z|mlp\.hook_post)$/.test(hookName);

function* noEffects(nLatents: number) {
  for (let featureIndex = 0; featureIndex < nLatents; featureIndex++) yield { featureIndex, top: [], bottom: [] };
}

function storedContext(corpus: TokenCorpus, index: number): StoredContext {
  const { tokenIds, documentIndex } = corpus.context(index);
  const { name, kind } = corpus.document(documentIndex);
  const wide = corpus.header.bytesPerToken === 4;
  const ids = wide ? Uint32Array.from(tokenIds) : Uint16Array.from(tokenIds);
  return { index, documentName: name, documentKind: kind, tokenIds: new Uint8Array(ids.buffer) };
}
