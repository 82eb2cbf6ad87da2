import { Rng } from '../rng.ts';
import { joinRows, type SparseActs } from '../sparse-acts.ts';
import { atOnce, type StepProgress, type Stepwise, stepByStep } from '../stepwise.ts';
import { classWorld } from './class-world.ts';
import { sumsWorld } from './sums-world.ts';
import { superpositionWorld } from './superposition-world.ts';
import { checkSyntheticSpec, type SyntheticSpec } from './synthetic-spec.ts';
import type { SyntheticSamples, World } from './world.ts';

/** Samples drawn together: the same whatever asks for them. */
const blockRows = 1024;

/** A world of known directions: any batch of it is a function of the spec and the batch's number. */
export class SyntheticData {
  readonly spec: SyntheticSpec;
  private readonly world: World;
  /** The rows of a finite set, [nSamples, dModel], drawn when they are first asked for. */
  private finiteRows: Float32Array | null = null;
  /** Batches smaller than a block come from the same one several times. */
  private latestBlock: { stream: string; number: number; samples: SyntheticSamples } | null = null;
  private order: { pass: number; samples: Int32Array } | null = null;

  private constructor(spec: SyntheticSpec, world: World) {
    this.spec = spec;
    this.world = world;
  }

  /** What a world is made with, orthogonalised directions or a trained model, is made here, on the running tensor backend where it needs
   *  one. Throws SaeConfigError. */
  static create(spec: SyntheticSpec): SyntheticData {
    checkSyntheticSpec(spec);
    return new SyntheticData(spec, atOnce(openWorld(spec)));
  }

  /** The same, for whoever must not wait for seconds: `between` is awaited after each step of a world that takes steps, and ends its
   *  making by throwing. */
  static async createStepwise(
    spec: SyntheticSpec,
    between: (progress: StepProgress) => Promise<void>,
  ): Promise<SyntheticData> {
    checkSyntheticSpec(spec);
    return new SyntheticData(spec, await stepByStep(openWorld(spec), between));
  }

  /** Values of a sample. */
  get dModel(): number {
    return this.world.dModel;
  }

  /** [nTruths, dModel], unit rows. */
  get truths(): Float32Array {
    return this.world.truths;
  }

  get nTruths(): number {
    return this.truths.length / this.dModel;
  }

  /** Classes of the samples; 0 in a world without. */
  get nClasses(): number {
    return this.world.nClasses;
  }

  /** Rows of training batch `number`, from 0: [batchSize, dModel]. A finite set is gone through in passes, each in an order of its own;
   *  a batch may reach from one pass into the next. */
  trainingBatch(number: number, batchSize: number): Float32Array {
    const { dModel } = this;
    const { nSamples } = this.spec;
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
    const { dModel, nClasses } = this;
    const rows = new Float32Array(nRows * dModel);
    const parts: SparseActs[] = [];
    const classes = nClasses > 0 ? new Int32Array(nRows) : null;
    for (let taken = 0; taken < nRows; ) {
      const number = Math.floor((first + taken) / blockRows);
      const from = first + taken - number * blockRows;
      const to = Math.min(blockRows, from + nRows - taken);
      const block = this.block(stream, number);
      rows.set(block.rows.subarray(from * dModel, to * dModel), taken * dModel);
      parts.push(rowsOf(block.acts, from, to));
      if (block.classes) classes?.set(block.classes.subarray(from, to), taken);
      taken += to - from;
    }
    return { rows, acts: joinRows(parts), classes };
  }

  private block(stream: string, number: number): SyntheticSamples {
    if (this.latestBlock?.stream !== stream || this.latestBlock.number !== number)
      this.latestBlock = {
        stream,
        number,
        samples: this.world.draw(Rng.fromSeed(this.spec.seed, `${stream} ${number}`), blockRows),
      };
    return this.latestBlock.samples;
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

function openWorld(spec: SyntheticSpec): Stepwise<World> {
  if (spec.kind === 'superposition') return superpositionWorld(spec);
  if (spec.kind === 'classes') return classWorld(spec);
  return sumsWorld(spec);
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
