import { randomDirections } from '../random-directions.ts';
import { Rng } from '../rng.ts';
import { joinRows, type SparseActs } from '../sparse-acts.ts';
import { checkSyntheticSpec, type SyntheticSpec, type TruthMagnitude } from './synthetic-spec.ts';
import { type DrawActive, truthActivity } from './truth-activity.ts';
import { orthogonalised } from './truth-directions.ts';

/** Samples with what they are made of. */
export interface SyntheticSamples {
  /** [nRows, dModel]: Σ over active truths of magnitude · direction, without bias or noise. */
  rows: Float32Array;
  /** Which truths are active and with what magnitude, > 0; SparseActs over truths instead of latents. */
  acts: SparseActs;
}

/** Samples drawn together: the same whatever asks for them. */
const blockRows = 1024;

/** A world of known directions: any batch of it is a function of the spec and the batch's number. */
export class SyntheticData {
  readonly spec: SyntheticSpec;
  /** [nTruths, dModel], unit rows. */
  readonly truths: Float32Array;
  private readonly drawActive: DrawActive;
  /** The rows of a finite set, [nSamples, dModel], drawn when they are first asked for. */
  private finiteRows: Float32Array | null = null;
  /** Batches smaller than a block come from the same one several times. */
  private latestBlock: { stream: string; number: number; samples: SyntheticSamples } | null = null;
  private order: { pass: number; samples: Int32Array } | null = null;

  private constructor(spec: SyntheticSpec, truths: Float32Array) {
    this.spec = spec;
    this.truths = truths;
    this.drawActive = truthActivity(spec);
  }

  /** Orthogonalised directions are made on the running tensor backend. Throws SaeConfigError. */
  static create(spec: SyntheticSpec): SyntheticData {
    checkSyntheticSpec(spec);
    const random = randomDirections(spec.nTruths, spec.dModel, Rng.fromSeed(spec.seed, 'truths'));
    return new SyntheticData(spec, spec.directions === 'random' ? random : orthogonalised(random, spec.dModel));
  }

  /** Rows of training batch `number`, from 0: [batchSize, dModel]. A finite set is gone through in passes, each in an order of its own;
   *  a batch may reach from one pass into the next. */
  trainingBatch(number: number, batchSize: number): Float32Array {
    const { nSamples, dModel } = this.spec;
    if (nSamples === null) return this.samples('training', number * batchSize, batchSize).rows;
    this.finiteRows ??= this.samples('training', 0, nSamples).rows;
    const batch = new Float32Array(batchSize * dModel);
    for (let r = 0; r < batchSize; r++) {
      const position = number * batchSize + r;
      const sample = this.passOrder(Math.floor(position / nSamples))[position % nSamples];
      batch.set(this.finiteRows.subarray(sample * dModel, (sample + 1) * dModel), r * dModel);
    }
    return batch;
  }

  /** Samples first … first + nRows − 1 of a stream. Streams share nothing but the truths: what `training` gives never comes again in
   *  another, so that every other stream is fresh. */
  samples(stream: string, first: number, nRows: number): SyntheticSamples {
    const { dModel } = this.spec;
    const rows = new Float32Array(nRows * dModel);
    const parts: SparseActs[] = [];
    for (let taken = 0; taken < nRows; ) {
      const number = Math.floor((first + taken) / blockRows);
      const from = first + taken - number * blockRows;
      const to = Math.min(blockRows, from + nRows - taken);
      const block = this.block(stream, number);
      rows.set(block.rows.subarray(from * dModel, to * dModel), taken * dModel);
      parts.push(rowsOf(block.acts, from, to));
      taken += to - from;
    }
    return { rows, acts: joinRows(parts) };
  }

  private block(stream: string, number: number): SyntheticSamples {
    if (this.latestBlock?.stream !== stream || this.latestBlock.number !== number)
      this.latestBlock = {
        stream,
        number,
        samples: this.drawBlock(Rng.fromSeed(this.spec.seed, `${stream} ${number}`)),
      };
    return this.latestBlock.samples;
  }

  private drawBlock(rng: Rng): SyntheticSamples {
    const { nTruths, dModel, magnitude } = this.spec;
    const rows = new Float32Array(blockRows * dModel);
    const rowOffsets = new Int32Array(blockRows + 1);
    const indices: number[] = [];
    const values: number[] = [];
    const active = new Int32Array(nTruths);
    for (let r = 0; r < blockRows; r++) {
      const row = rows.subarray(r * dModel, (r + 1) * dModel);
      const nActive = this.drawActive(rng, active);
      for (let e = 0; e < nActive; e++) {
        const value = drawMagnitude(rng, magnitude);
        if (!(value > 0)) continue;
        indices.push(active[e]);
        values.push(value);
        const start = active[e] * dModel;
        for (let j = 0; j < dModel; j++) row[j] += value * this.truths[start + j];
      }
      rowOffsets[r + 1] = indices.length;
    }
    const acts = { nRows: blockRows, rowOffsets, indices: Int32Array.from(indices), values: Float32Array.from(values) };
    return { rows, acts };
  }

  private passOrder(pass: number): Int32Array {
    const { nSamples, seed } = this.spec;
    if (this.order?.pass !== pass) {
      const samples = Int32Array.from({ length: nSamples ?? 0 }, (_, i) => i);
      this.order = { pass, samples: Rng.fromSeed(seed, `pass ${pass}`).shuffle(samples) };
    }
    return this.order.samples;
  }
}

function drawMagnitude(rng: Rng, magnitude: TruthMagnitude): number {
  if (magnitude.kind === 'uniform') return magnitude.min + (magnitude.max - magnitude.min) * rng.float();
  return Math.max(0, magnitude.mean + magnitude.deviation * rng.normal());
}

/** Rows from … to − 1. */
function rowsOf({ rowOffsets, indices, values }: SparseActs, from: number, to: number): SparseActs {
  const [start, end] = [rowOffsets[from], rowOffsets[to]];
  return {
    nRows: to - from,
    rowOffsets: rowOffsets.slice(from, to + 1).map((offset) => offset - start),
    indices: indices.slice(start, end),
    values: values.slice(start, end),
  };
}
