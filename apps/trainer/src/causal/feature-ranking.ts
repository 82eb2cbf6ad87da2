import type { CreateRanking, RankingResult } from '@featurescope/contracts';
import { type Db, type RunForWork, readFeatureRates, readHeaviestFeatures } from '@featurescope/db';
import { type CausalSubject, choosePeers, InsufficientDataError, rankFeatures } from '@featurescope/interp';
import { Rng } from '@featurescope/sae';
import type { TokenCorpus } from '@featurescope/store';
import { hurtTokenView } from './hurt-token-view.ts';

export interface FeatureRankingOptions {
  db: Db;
  run: RunForWork;
  subject: CausalSubject;
  corpus: TokenCorpus;
  request: CreateRanking;
  /** Counts passes. What is left is told from the contexts done. */
  onProgress(done: number, total: number): void;
}

/** Ranks the features that write most by what the model loses without them, on held-out contexts. Throws InsufficientDataError where
 *  no document was held out. */
export async function runFeatureRanking(
  options: FeatureRankingOptions,
): Promise<{ result: RankingResult; nPasses: number }> {
  const { db, run, subject, corpus, request } = options;
  const rng = Rng.fromSeed(request.seed, 'causal-ranking');
  const contextIndices = rng.shuffle(corpus.contextIndices('heldout').slice()).subarray(0, request.nContexts);
  if (contextIndices.length === 0)
    throw new InsufficientDataError(
      'No document of this dataset was held out, so there is no text to rank features on',
    );
  const rates = await readFeatureRates(db, run.id);
  const heaviest = await readHeaviestFeatures(db, run.id, request.nFeatures);
  const densities = new Map(rates.map(({ featureIndex, density }) => [featureIndex, density]));
  const excluded = new Set(heaviest.map(({ featureIndex }) => featureIndex));
  const candidates = heaviest.map(({ featureIndex, density }) => {
    const [peer] = choosePeers(rates, density, { count: 1, rng, excluded });
    if (peer) excluded.add(peer.featureIndex);
    return { featureIndex, peerIndex: peer?.featureIndex ?? null };
  });
  const onProgress = ({ nContexts, nPasses }: { nContexts: number; nPasses: number }) => {
    const perContext = nContexts > 0 ? nPasses / nContexts : 2 + 3 * candidates.length;
    options.onProgress(nPasses, Math.round(perContext * contextIndices.length));
  };
  const { nPasses, features, ...totals } = await rankFeatures(subject, {
    ...{ candidates, contextIndices, onProgress },
    seed: request.seed,
  });
  const place = { corpus, tokenizer: subject.model.tokenizer };
  return {
    result: {
      ...totals,
      features: features.map(({ featureIndex, cost, direction, peer, worst }) => ({
        ...{ featureIndex, density: densities.get(featureIndex) ?? 0, ...cost, direction },
        peer: peer && { ...peer, density: densities.get(peer.featureIndex) ?? 0 },
        worst: worst && hurtTokenView(worst, place),
      })),
    },
    nPasses,
  };
}
