/** The files that each format consists of. No tensor library is loaded by this entry. */
export { explainPickle, isPickle } from './pickles.ts';

/** In this order: the first whose `needs` are all there is what a directory holds. `extras` are read where they are there. */
export const dictionaryFormats = [
  {
    format: 'saelens',
    title: 'SAELens directory',
    needs: ['cfg.json', 'sae_weights.safetensors'],
    extras: ['sparsity.safetensors', 'activation_scaler.json', 'activation_whitening.safetensors'],
  },
  { format: 'sparsify', title: 'sparsify directory', needs: ['cfg.json', 'sae.safetensors'], extras: [] },
  { format: 'gemmaScope', title: 'Gemma Scope dictionary', needs: ['params.npz'], extras: [] },
  { format: 'gemmaScope', title: 'Gemma Scope 2 dictionary', needs: ['params.safetensors'], extras: [] },
  {
    format: 'dictionaryLearning',
    title: 'dictionary_learning directory',
    needs: ['config.json', 'ae.safetensors'],
    extras: [],
  },
] as const;

/** Every name of a file that some format reads. */
export const dictionaryFileNames: ReadonlySet<string> = new Set(
  dictionaryFormats.flatMap(({ needs, extras }) => [...needs, ...extras]),
);

/** The format that files of these names make; undefined where they are no dictionary that can be read. */
export function formatOf(names: readonly string[]): (typeof dictionaryFormats)[number] | undefined {
  return dictionaryFormats.find(({ needs }) => needs.every((name) => names.includes(name)));
}
