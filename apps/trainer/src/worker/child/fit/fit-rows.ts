import type { ActivationStream } from '@featurescope/interp';
import type { TokenCorpus } from '@featurescope/store';
import { ProgressReporter } from '../progress-reporter.ts';
import type { StageContext } from '../stage-context.ts';

/** The activations that a decomposition is fitted on: as many as were asked for, and none twice. Read once. */
export class FitRows {
  readonly nRows: number;
  readonly width: number;
  private readonly context: StageContext;
  private readonly stream: ActivationStream;

  constructor(
    context: StageContext,
    { stream, corpus, nTokens }: { stream: ActivationStream; corpus: TokenCorpus; nTokens: number },
  ) {
    const { nHeldOutTokens } = corpus.header;
    // Every context begins with a token whose activation is left out.
    const nUsable = corpus.nTokens - nHeldOutTokens - corpus.contextIndices('train').length;
    this.nRows = Math.min(nTokens, Math.max(1, nUsable));
    this.width = stream.width;
    this.context = context;
    this.stream = stream;
  }

  /** [some rows, width], nRows together. */
  async *batches(): AsyncGenerator<Float32Array> {
    const { writer, run, control } = this.context;
    const progress = new ProgressReporter(writer, run.id, { stage: 'fit', total: this.nRows, unit: 'tokens' });
    let nRead = 0;
    while (nRead < this.nRows) {
      await control.checkpoint();
      const batch = await this.stream.nextBatch();
      const taken = batch.subarray(0, Math.min(batch.length, (this.nRows - nRead) * this.width));
      nRead += taken.length / this.width;
      yield taken;
      progress.report(nRead);
    }
  }

  /** [nRows, width] in memory. onBatch: sees each batch on its way. */
  async all(onBatch: (batch: Float32Array) => void = () => {}): Promise<Float32Array> {
    const rows = new Float32Array(this.nRows * this.width);
    let at = 0;
    for await (const batch of this.batches()) {
      rows.set(batch, at);
      at += batch.length;
      onBatch(batch);
    }
    return rows;
  }
}
