import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeSafetensors, fromSaelensDirectory, type LoadedDictionary, type SaeTrainer } from '@featurescope/sae';
import { PythonPeer } from './python-peer.ts';

/** SAELens' trainer, which starts from a trainer's weights and is fed its batches. One dictionary at a time. */
export class SaelensTraining {
  readonly versions: Record<string, unknown>;
  private readonly peer: PythonPeer;
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'featurescope-saelens-'));

  private constructor(peer: PythonPeer, versions: Record<string, unknown>) {
    this.peer = peer;
    this.versions = versions;
  }

  /** Null when the interpreter or its packages are missing. */
  static async start(): Promise<SaelensTraining | null> {
    const started = await PythonPeer.start('saelens_training.py');
    return started && new SaelensTraining(started.peer, started.versions);
  }

  /** A new dictionary with the trainer's configuration and its weights as they are. */
  async begin(trainer: SaeTrainer): Promise<void> {
    const { config, parameters } = trainer.state();
    const { dModel, nLatents } = config;
    const values = (shape: number[], data: Float32Array) => ({ dtype: 'F32' as const, shape, data });
    const initial = this.file('initial.safetensors');
    const tensors = {
      encoder: values([nLatents, dModel], parameters.encoder.value),
      decoder: values([nLatents, dModel], parameters.decoder.value),
    };
    writeFileSync(initial, encodeSafetensors({ tensors, metadata: {} }));
    const coefficient = config.l1Coefficient ?? config.l0Coefficient;
    await this.peer.ask({ op: 'begin', ...config, coefficient, initial });
  }

  /** Trains on batches [batchSize, dModel] in their order; seconds in its training steps. */
  async train(batches: Float32Array[]): Promise<number> {
    const rows = this.file('rows.f32');
    writeFileSync(
      rows,
      Buffer.concat(batches.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))),
    );
    return (await this.peer.ask({ op: 'train', rows })).seconds as number;
  }

  /** What it saves for inference. */
  async end(): Promise<LoadedDictionary> {
    await this.peer.ask({ op: 'end', directory: this.directory });
    return fromSaelensDirectory(
      readFileSync(this.file('cfg.json'), 'utf8'),
      readFileSync(this.file('sae_weights.safetensors')),
    );
  }

  stop(): void {
    this.peer.stop();
    rmSync(this.directory, { recursive: true });
  }

  private file(name: string): string {
    return path.join(this.directory, name);
  }
}
