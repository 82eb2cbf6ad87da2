import type { CreateFeatureCheck, FeatureCheckResult } from '@featurescope/contracts';
import { type Db, type RunForWork, readFeatureRates, readPackedExamples } from '@featurescope/db';
import {
  type CausalSubject,
  checkFeature,
  choosePeers,
  decodeExamples,
  type FeatureExamples,
  featureCheckPasses,
} from '@featurescope/interp';
import { Rng } from '@featurescope/sae';
import type { TokenCorpus } from '@featurescope/store';
import { AppError } from '../app-error.ts';
import { indexSample } from '../run/index-sample.ts';
import { hurtTokenView } from './hurt-token-view.ts';

/** Contexts of a peer for each of the feature's own. */
const peerShare = 0.5;
const nSilentContexts = 10;

export interface FeatureCheckOptions {
  db: Db;
  run: RunForWork;
  subject: CausalSubject;
  corpus: TokenCorpus;
  featureIndex: number;
  request: CreateFeatureCheck;
  onProgress(done: number, total: number): void;
}

/** Checks one feature on contexts of the run's index. Throws AppError conflict for a run without one. */
export async function runFeatureCheck(
  options: FeatureCheckOptions,
): Promise<{ result: FeatureCheckResult; nPasses: number }> {
  const { subject, corpus, featureIndex, request } = options;
  const rates = await readFeatureRates(options.db, options.run.id);
  const density = rates.find((rate) => rate.featureIndex === featureIndex)?.density ?? 0;
  const rng = Rng.fromSeed(request.seed, `causal-check/${featureIndex}`);
  const chosen =
    density > 0 ? choosePeers(rates, density, { count: request.nNulls, rng, excluded: new Set([featureIndex]) }) : [];
  const examples = await examplesOf(options, featureIndex);
  const peers: { featureIndex: number; density: number; firingContexts: number[] }[] = [];
  for (const peer of chosen) {
    const nContexts = Math.ceil(peerShare * request.nContexts);
    const firingContexts = firingSample(await examplesOf(options, peer.featureIndex), nContexts, rng);
    peers.push({ ...peer, firingContexts });
  }
  const whole = {
    ...{ featureIndex, peers, nDirections: request.nNulls, seed: request.seed },
    firingContexts: firingSample(examples, request.nContexts, rng),
    silentContexts: silentSample(examples, corpus, rng),
  };
  const total = featureCheckPasses(whole);
  let nPasses = 0;
  const onProgress = (done: number) => {
    nPasses = done;
    options.onProgress(done, total);
  };
  const check = await checkFeature(subject, { ...whole, onProgress });
  const { tokenizer } = subject.model;
  return {
    result: {
      feature: check.feature,
      ceClean: check.ceClean,
      silent: check.silent,
      hurt: check.hurt.map((token) => hurtTokenView(token, { corpus, tokenizer })),
      peers: check.peers.map((peer, i) => ({ ...peer, density: peers[i].density })),
      directions: check.directions,
    },
    nPasses,
  };
}

async function examplesOf({ db, run }: FeatureCheckOptions, featureIndex: number): Promise<FeatureExamples> {
  const packed = await readPackedExamples(db, run.id, featureIndex);
  if (packed === null)
    throw new AppError('conflict', `Feature ${featureIndex} of run "${run.id}" is not indexed yet. Wait until it is.`);
  return decodeExamples(packed);
}

/** Contexts in which the feature fires: five of each quarter of its peaks and ten more, all drawn at random when it was indexed. Its
 *  top examples are left out: they would make it look stronger than it is. */
function firingSample({ bands, random }: FeatureExamples, count: number, rng: Rng): number[] {
  const contexts = new Set([...bands.flat(), ...random].map(({ contextIndex }) => contextIndex));
  return rng.shuffle([...contexts].sort((a, b) => a - b)).slice(0, count);
}

/** Contexts in which it does not: its near misses first, then random ones; where it fires after all, the check leaves them out. */
function silentSample({ nearMisses }: FeatureExamples, corpus: TokenCorpus, rng: Rng): number[] {
  const sample = indexSample(corpus);
  const contexts = new Set(nearMisses.slice(0, nSilentContexts / 2).map(({ contextIndex }) => contextIndex));
  while (contexts.size < Math.min(nSilentContexts, sample.length)) contexts.add(sample[rng.int(sample.length)]);
  return [...contexts];
}
