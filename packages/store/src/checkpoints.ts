import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomic } from './atomic.ts';

/** How many checkpoints of a run stay on disk: should the newest turn out torn, the one before it serves. */
const nKept = 2;

export interface CheckpointManifest {
  step: number;
  sizeBytes: number;
  sha256: string;
  /** What else is needed to go on, for example the stream's cursor. JSON. */
  extra: Record<string, unknown>;
}

/** The checkpoints of one run: per step a file of bytes and a manifest with its hash. The manifest is written after the
 *  bytes, so that a checkpoint exists wholly or not at all, whenever the process dies. */
export class CheckpointDirectory {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  fileOf(step: number): string {
    return path.join(this.directory, `step-${String(step).padStart(10, '0')}.safetensors`);
  }

  private manifestOf(step: number): string {
    return path.join(this.directory, `step-${String(step).padStart(10, '0')}.json`);
  }

  /** Writes and syncs a checkpoint, then removes all but the last two. */
  async save(step: number, bytes: Uint8Array, extra: Record<string, unknown>): Promise<CheckpointManifest> {
    const manifest = { step, sizeBytes: bytes.byteLength, sha256: sha256(bytes), extra };
    await writeAtomic(this.fileOf(step), bytes);
    await writeAtomic(this.manifestOf(step), JSON.stringify(manifest));
    await this.removeOthers((await this.steps()).slice(0, nKept));
    return manifest;
  }

  /** The newest checkpoint whose bytes have the hash that its manifest says; null when there is none. */
  async latest(): Promise<{ manifest: CheckpointManifest; bytes: Uint8Array } | null> {
    for (const step of await this.steps()) {
      try {
        const manifest: CheckpointManifest = JSON.parse(await readFile(this.manifestOf(step), 'utf8'));
        const bytes = await readFile(this.fileOf(step));
        if (manifest.step === step && manifest.sha256 === sha256(bytes)) return { manifest, bytes };
      } catch {
        // Unreadable: the one before it is as good as this one was meant to be.
      }
    }
    return null;
  }

  /** The bytes of one checkpoint; null when it is not there, or not whole. */
  async read(step: number): Promise<Uint8Array | null> {
    try {
      const manifest: CheckpointManifest = JSON.parse(await readFile(this.manifestOf(step), 'utf8'));
      const bytes = await readFile(this.fileOf(step));
      return manifest.sha256 === sha256(bytes) ? bytes : null;
    } catch {
      return null;
    }
  }

  /** Steps that have a manifest, newest first. */
  async steps(): Promise<number[]> {
    const names = await readdir(this.directory).catch(() => []);
    return names
      .flatMap((name) => /^step-(\d+)\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);
  }

  /** Older checkpoints, and what a process left that died while it wrote. */
  private async removeOthers(kept: number[]): Promise<void> {
    const names = new Set(kept.flatMap((step) => [this.fileOf(step), this.manifestOf(step)]));
    const old = (await readdir(this.directory)).map((name) => path.join(this.directory, name));
    // Manifests sort before bytes: without its manifest the bytes are not a checkpoint.
    for (const file of old.sort()) if (!names.has(file)) await rm(file, { force: true });
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
