import { corpusIdOf, recordCorpus, updateRun } from '@featurescope/db';
import { loadTokenizer, readModelConfig } from '@featurescope/lm';
import {
  type CorpusWriterOptions,
  readDocuments,
  splitOfText,
  TokenCorpus,
  TokenCorpusWriter,
} from '@featurescope/store';
import { encodeText } from './encode-text.ts';
import { enterStage, type StageContext, tell } from './stage-context.ts';

/** The run's dataset as token contexts: made once for each tokenizer and context size, shared by every run that uses them.
 *  Interrupted, it leaves nothing behind and begins anew. */
export async function prepareCorpus(context: StageContext): Promise<TokenCorpus> {
  const directory = context.store.corpusDirectory(corpusIdOf(keyOf(context)));
  if (!TokenCorpus.exists(directory)) await tokenise(context, directory);
  const corpus = TokenCorpus.open(directory);
  await useCorpus(context, corpus);
  return corpus;
}

/** Notes that the run rests on the corpus. */
export async function useCorpus(context: StageContext, corpus: TokenCorpus): Promise<void> {
  const key = keyOf(context);
  await context.writer.write(async (transaction) => {
    await recordCorpus(transaction, key, corpus.header);
    await updateRun(transaction, context.run.id, { corpusId: corpusIdOf(key) });
  });
}

function keyOf({ run }: StageContext) {
  return { datasetId: run.datasetId, tokenizerHash: run.model.tokenizerHash, contextSize: run.contextSize };
}

async function tokenise(context: StageContext, directory: string): Promise<void> {
  const { run, store, control } = context;
  const total = run.dataset.nDocuments;
  const progress = await enterStage(context, { stage: 'prepare', total, unit: 'documents' });
  const tokenizer = await loadTokenizer(run.model.directory);
  const { vocabSize, bosTokenId } = await readModelConfig(run.model.directory);
  const options: CorpusWriterOptions = {
    tokenizerHash: run.model.tokenizerHash,
    vocabSize,
    contextSize: run.contextSize,
    bosTokenId,
  };
  const corpus = await TokenCorpusWriter.create(directory, options);
  try {
    let nDocuments = 0;
    for await (const { text, name, kind, split } of readDocuments(store.datasetDirectory(run.datasetId))) {
      const tokenIds = await encodeText(tokenizer, text, () => control.checkpoint());
      await corpus.addDocument({ name, kind, split: split ?? splitOfText(text) }, tokenIds);
      nDocuments++;
      if (nDocuments % 64 === 0) await control.checkpoint();
      progress.report(nDocuments);
    }
    const header = await corpus.finish();
    const heldOut = Math.round((100 * header.nHeldOutTokens) / Math.max(1, header.nTokens));
    tell(
      context,
      'info',
      `Tokenised ${header.nDocuments} documents: ${header.nTokens} tokens in ${header.nContexts} contexts, ${heldOut}% held out`,
    );
  } catch (error) {
    await corpus.discard();
    throw error;
  }
}
