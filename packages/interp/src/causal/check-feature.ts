import { InvalidRequestError } from '../errors.ts';
import { controlDirections } from '../steering/control-directions.ts';
import { clampEffect, directionOf } from './clamp-to-zero.ts';
import { activationsOf, type CausalSubject, type ContextReading, readContext } from './context-reading.ts';
import { type ContextSum, type EffectEstimate, estimateEffect, sumOver } from './effect-estimate.ts';
import { type HurtToken, HurtTokens } from './hurt-tokens.ts';

export interface FeatureCheckRequest {
  featureIndex: number;
  /** A sample of the contexts in which it fires. */
  firingContexts: ArrayLike<number>;
  /** Contexts in which it does not. */
  silentContexts: ArrayLike<number>;
  /** Other features, each with contexts in which it fires: what clamping any feature does. */
  peers: readonly { featureIndex: number; firingContexts: ArrayLike<number> }[];
  /** Random directions that are pushed along instead, as far and at the same positions. */
  nDirections: number;
  seed: number;
  onProgress?(nPasses: number): void;
}

/** Effects of clamping to 0 in contexts where the feature fires. All are changes of cross-entropy, nats a token. */
export interface FiringEffects {
  /** Over the tokens on which it fires: what it does there and then. */
  atFiring: EffectEstimate;
  /** Over all tokens of those contexts, what later tokens lose by attention included. */
  inContext: EffectEstimate;
}

export interface FeatureCheck {
  featureIndex: number;
  feature: FiringEffects;
  /** Cross-entropy of the unchanged model on the same tokens, nats. */
  ceClean: { atFiring: number; inContext: number };
  /** Where it does not fire: 0 but for a fault, for nothing is changed. */
  silent: EffectEstimate & { largestChange: number };
  hurt: HurtToken[];
  peers: ({ featureIndex: number } & FiringEffects)[];
  directions: FiringEffects[];
}

const N_HURT_TOKENS = 12;

/** Passes through the model that a check takes: what its progress counts to. Reading a context takes two. */
export function featureCheckPasses(request: Omit<FeatureCheckRequest, 'featureIndex' | 'seed'>): number {
  const { firingContexts, silentContexts, peers, nDirections } = request;
  const ofPeers = peers.reduce((sum, peer) => sum + 3 * peer.firingContexts.length, 0);
  return (3 + nDirections) * firingContexts.length + 3 * silentContexts.length + ofPeers;
}

/** Clamps one feature to 0 where it fires and where it does not, and does the same to random features and along random
 *  directions, which say what any change of that kind does. Deterministic for a request.
 *  Throws InvalidRequestError for a feature that does not exist; what the model throws passes through. */
export async function checkFeature(subject: CausalSubject, request: FeatureCheckRequest): Promise<FeatureCheck> {
  const { featureIndex, nDirections, seed } = request;
  const nLatents = subject.sae.decoderNorms.length;
  if (!(Number.isInteger(featureIndex) && featureIndex >= 0 && featureIndex < nLatents))
    throw new InvalidRequestError(`Feature ${featureIndex} does not exist; the dictionary has ${nLatents}`, {
      featureIndex,
    });
  let nPasses = 0;
  const count = (n: number) => {
    nPasses += n;
    request.onProgress?.(nPasses);
  };
  const dModel = subject.model.config.dModel;
  const controls = controlDirections(nDirections, dModel, seed);
  const directions = [
    directionOf(subject, featureIndex),
    ...Array.from({ length: nDirections }, (_, i) => controls.slice(i * dModel, (i + 1) * dModel)),
  ];
  const sums = directions.map(() => new FiringSums());
  const clean = new FiringSums();
  const hurt = new HurtTokens(N_HURT_TOKENS);
  for (const contextIndex of Array.from(request.firingContexts)) {
    const reading = await readContext(subject, contextIndex);
    count(2);
    const activations = activationsOf(subject, reading, featureIndex);
    for (const [i, direction] of directions.entries()) {
      const changes = await clampEffect(subject, reading, { activations, direction });
      sums[i].add(reading, activations, changes);
      if (i === 0) hurt.add(reading, activations, changes);
      count(1);
    }
    clean.add(reading, activations, reading.crossEntropy);
  }
  const [feature, ...random] = sums.map((each) => each.effects(seed));
  return {
    featureIndex,
    feature,
    ceClean: { atFiring: clean.effects(seed).atFiring.mean, inContext: clean.effects(seed).inContext.mean },
    silent: await silentEffect(subject, request, count),
    hurt: hurt.list(),
    peers: await peerEffects(subject, request, count),
    directions: random,
  };
}

async function silentEffect(
  subject: CausalSubject,
  { featureIndex, silentContexts, seed }: FeatureCheckRequest,
  count: (n: number) => void,
): Promise<FeatureCheck['silent']> {
  const sums: ContextSum[] = [];
  let largestChange = 0;
  const direction = directionOf(subject, featureIndex);
  for (const contextIndex of Array.from(silentContexts)) {
    const reading = await readContext(subject, contextIndex);
    const activations = activationsOf(subject, reading, featureIndex);
    // An index made by another kernel can call a hair's breadth above zero silent.
    if (activations.every((value) => value === 0)) {
      const changes = await clampEffect(subject, reading, { activations, direction });
      sums.push(sumOver(changes, reading.places));
      for (const change of changes) if (Math.abs(change) > largestChange) largestChange = Math.abs(change);
    }
    count(3);
  }
  return { ...estimateEffect(sums, seed), largestChange };
}

async function peerEffects(
  subject: CausalSubject,
  { peers, seed }: FeatureCheckRequest,
  count: (n: number) => void,
): Promise<FeatureCheck['peers']> {
  const effects: FeatureCheck['peers'] = [];
  for (const { featureIndex, firingContexts } of peers) {
    const sums = new FiringSums();
    const direction = directionOf(subject, featureIndex);
    for (const contextIndex of Array.from(firingContexts)) {
      const reading = await readContext(subject, contextIndex);
      const activations = activationsOf(subject, reading, featureIndex);
      sums.add(reading, activations, await clampEffect(subject, reading, { activations, direction }));
      count(3);
    }
    effects.push({ featureIndex, ...sums.effects(seed) });
  }
  return effects;
}

/** Changes in contexts where a feature fires, summed at its firing tokens and over all. */
class FiringSums {
  private readonly atFiring: ContextSum[] = [];
  private readonly inContext: ContextSum[] = [];

  add({ places }: ContextReading, activations: Float32Array, changes: Float32Array): void {
    const firing = places.filter((_, j) => activations[j] !== 0);
    if (firing.length === 0) return;
    this.atFiring.push(sumOver(changes, firing));
    this.inContext.push(sumOver(changes, places));
  }

  effects(seed: number): FiringEffects {
    return { atFiring: estimateEffect(this.atFiring, seed), inContext: estimateEffect(this.inContext, seed) };
  }
}
