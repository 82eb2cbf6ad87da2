import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Architecture, ArchitectureOptions, Preset } from '@featurescope/contracts';
import type { Db } from '@featurescope/db';
import { loadTokenizer, readModelConfig } from '@featurescope/lm';
import { Rng } from '@featurescope/sae';
import { DocumentWriter, type Store } from '@featurescope/store';

const fixtureDirectory = path.resolve(import.meta.dirname, '../../../../../packages/lm/fixtures/gqa-tied');
const words =
  'the quick brown fox jumps over a lazy dog while seven small stars shine on 1234 hills; "why?" they ask'.split(' ');

/** Registers the small llama fixture and a dataset of random sentences. */
export async function createSmallSubject(db: Db, store: Store, nDocuments = 120) {
  const config = await readModelConfig(fixtureDirectory);
  const tokenizer = await loadTokenizer(fixtureDirectory);
  const ids = { modelId: randomUUID(), datasetId: randomUUID() };
  await db.prisma.model.create({
    data: {
      id: ids.modelId,
      name: `fixture ${ids.modelId}`,
      directory: fixtureDirectory,
      config: { ...config },
      tokenizerHash: tokenizer.hash,
      weightsHash: 'fixture',
    },
  });
  const rng = Rng.fromSeed(7, 'small-run-text');
  const writer = await DocumentWriter.create(store.datasetDirectory(ids.datasetId));
  for (let i = 0; i < nDocuments; i++) {
    const text = Array.from({ length: 40 + rng.int(60) }, () => words[rng.int(words.length)]).join(' ');
    await writer.add({ text, name: `document ${i}`, kind: i % 2 === 0 ? 'even' : 'odd' });
  }
  const { nDocuments: n, contentHash } = await writer.finish();
  await db.prisma.dataset.create({
    data: { id: ids.datasetId, name: 'sentences', status: 'ready', format: 'txt', nDocuments: n, contentHash },
  });
  return ids;
}

export interface SmallRunOptions {
  nSteps?: number;
  batchSize?: number;
  learningRate?: number;
  nLatents?: number;
  seed?: number;
  activations?: 'stream' | 'store';
  /** TopK, or standard where there is an L1 coefficient, when left out. */
  architecture?: Architecture;
  /** 8 for an architecture that keeps k latents, when left out. */
  k?: number;
  l1Coefficient?: number;
  architectureOptions?: ArchitectureOptions;
  preset?: Preset;
  sweepId?: string;
}

const keepsK: Architecture[] = ['topk', 'batchtopk', 'matryoshka'];

/** A queued run over that subject. */
export async function createSmallRun(
  db: Db,
  subject: { modelId: string; datasetId: string },
  {
    nSteps = 60,
    batchSize = 256,
    learningRate = 0.001,
    nLatents = 96,
    seed = 3,
    activations = 'stream',
    l1Coefficient,
    architecture = l1Coefficient === undefined ? 'topk' : 'standard',
    k = keepsK.includes(architecture) ? 8 : undefined,
    architectureOptions = {},
    preset = 'featurescope',
    sweepId,
  }: SmallRunOptions = {},
): Promise<string> {
  const id = randomUUID();
  await db.prisma.run.create({
    data: {
      ...{ id, ...subject, nSteps, batchSize, learningRate, nLatents, seed, activations, sweepId },
      name: 'small run',
      hookName: 'blocks.0.hook_resid_post',
      ...{ architecture, k, l1Coefficient, architectureOptions, preset },
      nTokens: nSteps * batchSize,
      contextSize: 64,
    },
  });
  return id;
}
