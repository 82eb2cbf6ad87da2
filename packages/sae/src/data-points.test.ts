import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, test } from 'vitest';
import { dataPointDirections } from './data-points.ts';
import { SaeTrainer } from './trainer.ts';

beforeAll(async () => {
  await startTestBackend();
});

const rows = Float32Array.from([3, 4, 0, 2, -1, 0]);
const units = ['0.600,0.800', '0.000,1.000', '-1.000,0.000'];
const rowsOf = (values: Float32Array) =>
  Array.from({ length: values.length / 2 }, (_, r) =>
    [...values.subarray(2 * r, 2 * r + 2)].map((value) => value.toFixed(3)).join(),
  );

test('are unit rows, each row once before any comes again, and follow from the seed', () => {
  const drawn = rowsOf(dataPointDirections(rows, 2, 6, 1));
  expect([...drawn.slice(0, 3)].sort()).toEqual([...units].sort());
  expect(drawn.slice(3)).toEqual(drawn.slice(0, 3));
  expect(rowsOf(dataPointDirections(rows, 2, 6, 1))).toEqual(drawn);
});

test('a row of length 0 has no direction', () => {
  expect([...dataPointDirections(Float32Array.from([0, 0]), 2, 1, 0)]).toEqual([0, 0]);
});

test('a dictionary begins with them, as seen from its decoder bias', () => {
  const trainer = SaeTrainer.create(
    {
      architecture: 'topk',
      ...{ k: 1, dModel: 2, nLatents: 3, nSteps: 1, batchSize: 1 },
      ...{ decoderInit: 'dataPoints', bDecInit: 'zeros', normalizeActivations: 'none' },
    },
    rows,
  );
  const { wEnc, wDec } = trainer.weights();
  expect(rowsOf(wDec).sort()).toEqual([...units].sort());
  // wEnc: [dModel, nLatents], the same directions.
  expect([wEnc[0], wEnc[3]]).toEqual([wDec[0], wDec[1]]);
  trainer.dispose();
});
