import { controlDirections } from '../steering/control-directions.ts';
import { clampEffect, directionOf } from './clamp-to-zero.ts';
import { activationsOf, type CausalSubject, type ContextReading, readContext } from './context-reading.ts';
import { type ContextSum, type EffectEstimate, estimateEffect, sumOver } from './effect-estimate.ts';
import { type HurtToken, HurtTokens } from './hurt-tokens.ts';

export interface RankingRequest {
  /** Features to try, each beside a random one that fires about as often; null where there was none. */
  candidates: readonly { featureIndex: number; peerIndex: number | null }[];
  /** Held-out contexts. */
  contextIndices: ArrayLike<number>;
  seed: number;
  onProgress?(done: { nContexts: number; nPasses: number }): void;
}

/** What turning a feature off costs. Changes of cross-entropy, nats a token. */
export interface AblationCost {
  /** Over all tokens of all contexts, those without the feature included: what the model loses on text as it comes. */
  onAllText: EffectEstimate;
  /** Over the tokens on which it fires. */
  atFiring: EffectEstimate;
}

export interface RankedFeature {
  featureIndex: number;
  cost: AblationCost;
  /** Pushed as far along a random direction, at the same tokens. */
  direction: AblationCost;
  peer: ({ featureIndex: number } & AblationCost) | null;
  /** The token that loses most; null when none loses. */
  worst: HurtToken | null;
}

export interface FeatureRanking {
  /** The costliest first. */
  features: RankedFeature[];
  nContexts: number;
  /** Tokens that count. */
  nTokens: number;
  /** Of the unchanged model on them, nats. */
  ceClean: number;
  /** Passes through the model that were made. */
  nPasses: number;
}

/** Clamps each candidate, its peer and a random direction to 0 in every context where it fires, on the same text, and ranks by what
 *  that costs on all text. No pass is made where a feature is silent: its effect there is 0. Deterministic for a request. */
export async function rankFeatures(subject: CausalSubject, request: RankingRequest): Promise<FeatureRanking> {
  const { candidates, seed } = request;
  const dModel = subject.model.config.dModel;
  const controls = controlDirections(candidates.length, dModel, seed);
  const own = new Map<number, Trial>();
  const trialOf = (latent: number) => {
    const trial = own.get(latent) ?? new Trial(latent, directionOf(subject, latent));
    own.set(latent, trial);
    return trial;
  };
  const rows = candidates.map(({ featureIndex, peerIndex }, i) => ({
    own: trialOf(featureIndex),
    peer: peerIndex === null ? null : trialOf(peerIndex),
    control: new Trial(featureIndex, controls.slice(i * dModel, (i + 1) * dModel)),
  }));
  const trials = [...own.values(), ...rows.map(({ control }) => control)];
  const clean = { total: 0, nTokens: 0 };
  let [nPasses, nContexts] = [0, 0];
  for (const contextIndex of Array.from(request.contextIndices)) {
    const reading = await readContext(subject, contextIndex);
    nPasses += 2;
    const { total, nTokens } = sumOver(reading.crossEntropy, reading.places);
    clean.total += total;
    clean.nTokens += nTokens;
    for (const trial of trials) {
      if (await trial.add(subject, reading, nTokens)) nPasses++;
      request.onProgress?.({ nContexts, nPasses });
    }
    request.onProgress?.({ nContexts: ++nContexts, nPasses });
  }
  const features = rows.map(({ own: trial, peer, control }) => ({
    featureIndex: trial.latent,
    cost: trial.cost(seed),
    direction: control.cost(seed),
    peer: peer && { featureIndex: peer.latent, ...peer.cost(seed) },
    worst: trial.hurt.list()[0] ?? null,
  }));
  features.sort((a, b) => b.cost.onAllText.mean - a.cost.onAllText.mean || a.featureIndex - b.featureIndex);
  return { features, nContexts, nTokens: clean.nTokens, ceClean: clean.total / clean.nTokens, nPasses };
}

/** One way of changing the model, over all contexts. */
class Trial {
  readonly latent: number;
  readonly hurt = new HurtTokens(1);
  private readonly direction: Float32Array;
  private readonly atFiring: ContextSum[] = [];
  private readonly onAllText: ContextSum[] = [];

  constructor(latent: number, direction: Float32Array) {
    this.latent = latent;
    this.direction = direction;
  }

  /** nTokens: of the context that count. False when nothing fires and no pass was made. */
  async add(subject: CausalSubject, reading: ContextReading, nTokens: number): Promise<boolean> {
    const { latent, direction } = this;
    const activations = activationsOf(subject, reading, latent);
    const firing = reading.places.filter((_, j) => activations[j] !== 0);
    if (firing.length === 0) {
      this.onAllText.push({ total: 0, nTokens });
      return false;
    }
    const changes = await clampEffect(subject, reading, { activations, direction });
    this.onAllText.push(sumOver(changes, reading.places));
    this.atFiring.push(sumOver(changes, firing));
    this.hurt.add(reading, activations, changes);
    return true;
  }

  cost(seed: number): AblationCost {
    return { onAllText: estimateEffect(this.onAllText, seed), atFiring: estimateEffect(this.atFiring, seed) };
  }
}
