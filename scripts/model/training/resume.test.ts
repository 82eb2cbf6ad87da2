import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasNativeTensorFlow } from '../native-availability.ts';
import { SeededRandom } from '../seeded-random.ts';
import { initialParameters } from '../transformer/initialise.ts';
import type { ModelShape } from '../transformer/shape.ts';
import { adamSettings } from './adamw.ts';
import { loadCheckpoint, saveCheckpoint, type TrainingState } from './checkpoint.ts';
import { WindowStream } from './window-stream.ts';

const shape: ModelShape = {
  vocabularySize: 31,
  dModel: 16,
  nLayers: 1,
  nHeads: 2,
  nKeyValueHeads: 1,
  dHead: 8,
  dFeedForward: 24,
  contextLength: 8,
  ropeTheta: 10_000,
  normEpsilon: 1e-5,
};
// A pattern that can be learnt: each token follows from the one before.
const tokens = Uint16Array.from({ length: 320 }, (_, index) => 1 + ((index * 7) % 30));

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

describe.skipIf(!hasNativeTensorFlow)('training', async () => {
  const { handLossAndGradients } = await import('../transformer/hand-gradients.ts');
  const { muonSettings } = await import('./muon.ts');
  const { summedGradient } = await import('./summed-gradient.ts');
  const { applyGradient } = await import('./trainer.ts');

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

  it('goes on after a checkpoint exactly as if it had not stopped', () => {
    const directory = mkdtempSync(join(tmpdir(), 'featurescope-resume-'));
    const uninterrupted = freshState();
    const expected = train(uninterrupted, 8);
    const stopped = freshState();
    train(stopped, 5);
    saveCheckpoint(directory, stopped);
    const resumed = loadCheckpoint(directory)!;
    expect(resumed.step).toBe(5);
    // The same operations on the same bits; the window order crosses an epoch of 40 windows at step 7.
    expect(train(resumed, 3)).toEqual(expected.slice(5));
    expect(resumed.parameters).toEqual(uninterrupted.parameters);
  });

  it('learns a pattern', () => {
    const losses = train(freshState(), 20);
    // From about ln 31 = 3.4; without learning it stays there.
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.5);
  });
});
