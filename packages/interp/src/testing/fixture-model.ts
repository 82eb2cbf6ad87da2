import { fileURLToPath } from 'node:url';
import { type LanguageModel, loadModel } from '@featurescope/lm';
import { Rng } from '@featurescope/sae';
import type { Context, DocumentContextSource } from '../types.ts';

/** A small random llama (2 blocks, d 48, context 64, beginning-of-text token 0) that packages/lm checks against transformers. */
export function loadFixtureModel(): Promise<LanguageModel> {
  return loadModel(fileURLToPath(new URL('../../../lm/fixtures/gqa-tied', import.meta.url)), { threads: 1 });
}

export const FIXTURE_HOOK = 'blocks.0.hook_resid_post';

/** Contexts held in memory, three to a document. */
class MemoryContexts implements DocumentContextSource {
  readonly #contexts: Int32Array[];

  constructor(contexts: Int32Array[]) {
    this.#contexts = contexts;
  }

  get nContexts(): number {
    return this.#contexts.length;
  }

  context(index: number): Context & { documentIndex: number } {
    return { tokenIds: this.#contexts[index], documentIndex: Math.floor(index / 3) };
  }

  document(index: number): { name: string; kind: string } {
    return { name: `document ${index}`, kind: index % 2 === 0 ? 'even' : 'odd' };
  }

  get allIndices(): Int32Array {
    return Int32Array.from(this.#contexts.keys());
  }
}

/** Random tokens after a beginning-of-text token; lengths from minLength to 24. */
export function randomContexts(count: number, seed = 1, minLength = 8): MemoryContexts {
  const rng = Rng.fromSeed(seed, 'random-contexts');
  return new MemoryContexts(
    Array.from({ length: count }, () => {
      const tokenIds = Int32Array.from({ length: minLength + rng.int(25 - minLength) }, () => 1 + rng.int(287));
      tokenIds[0] = 0;
      return tokenIds;
    }),
  );
}
