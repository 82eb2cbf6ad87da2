/** A process that computes a share of each step's gradient for `ParallelGradients`; it ends with its parent. */
import { handLossAndGradients } from '../transformer/hand-gradients.ts';
import { tinyShape } from '../transformer/shape.ts';
import { type GradientReply, type GradientRequest, readVector, writeVector } from './gradient-messages.ts';
import { summedGradient } from './summed-gradient.ts';

// Ctrl-C reaches the whole process group; the parent decides when to end.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (request: GradientRequest) => {
  const parameters = readVector(request.parametersPath, request.nParameters);
  const batch = { inputs: Int32Array.from(request.inputs), targets: Int32Array.from(request.targets) };
  const { loss, gradient } = summedGradient(parameters, batch, {
    shape: tinyShape,
    lossAndGradients: handLossAndGradients,
    microBatch: request.microBatch,
  });
  writeVector(request.gradientPath, gradient);
  process.send?.({ loss } satisfies GradientReply);
});
