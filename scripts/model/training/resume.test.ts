import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../seeded-random.ts';
import { handLossAndGradients } from '../transformer/hand-gradients.ts';
import { initialParameters } from '../transformer/initialise.ts';
import type { ModelShape } from '../transformer/shape.ts';
import { adamSettings } from './adamw.ts';
import { loadCheckpoint, saveCheckpoint, type TrainingState } from './checkpoint.ts';
import { muonSettings } from './muon.ts';
import { summedGradient } from './summed-gradient.ts';
import { applyGradient } from './trainer.ts';
import { WindowStream } from './window-stream.ts';

const shape: ModelShape = {
  vocabularySize: 31,
  dModel: 16,
  nLayers: 2,
  nHeads: 2,
  nKeyValueHeads: 1,
  dHead: 8,
  dFeedForward: 24,
  contextLength: 8,
  ropeTheta: 10_000,
  normEpsilon: 1e-5,
};
// A pattern that can be learnt: each token follows from the one before.
const tokens = Uint16Array.from({ length: 640 }, (_, index) => 1 + ((index * 7) % 30));

function freshState(): TrainingState {
  const parameters = initialParameters(shape, new SeededRandom(5));
  const zeros = () => new Float32Array(parameters.length);
  return {
    step: 0,
    tokens: 0,
    windowPosition: 0,
    seconds: 0,
    history: [],
    parameters,
    firstMoment: zeros(),
    secondMoment: zeros(),
  };
}

function train(state: TrainingState, nSteps: number): number[] {
  const stream = new WindowStream(tokens, { length: shape.contextLength, seed: 3, position: state.windowPosition });
  return Array.from({ length: nSteps }, () => {
    const batch = stream.next(6);
    const { loss, gradient } = summedGradient(state.parameters, batch, {
      shape,
      lossAndGradients: handLossAndGradients,
      microBatch: 4,
    });
    applyGradient(state, gradient, batch.inputs.length, {
      shape,
      learningRate: 5e-3,
      clipNorm: 1,
      adam: adamSettings,
      muon: { ...muonSettings, learningRateFactor: 2 },
    });
    state.windowPosition = stream.position;
    return loss / batch.inputs.length;
  });
}

describe('training', () => {
  it('goes on after a checkpoint exactly as if it had not stopped', () => {
    const directory = mkdtempSync(join(tmpdir(), 'featurescope-resume-'));
    const uninterrupted = freshState();
    const expected = train(uninterrupted, 12);
    const stopped = freshState();
    train(stopped, 5);
    saveCheckpoint(directory, stopped);
    const resumed = loadCheckpoint(directory)!;
    expect(resumed.step).toBe(5);
    // The same operations on the same bits; the window order crosses an epoch at step 13 of 80 windows.
    expect(train(resumed, 7)).toEqual(expected.slice(5));
    expect(resumed.parameters).toEqual(uninterrupted.parameters);
  });

  it('learns a pattern', () => {
    const losses = train(freshState(), 40);
    expect(losses[0]).toBeGreaterThan(3);
    expect(losses.at(-1)).toBeLessThan(2.5);
  });
});
