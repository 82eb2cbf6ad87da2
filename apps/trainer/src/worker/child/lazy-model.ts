import { type LanguageModel, loadModel } from '@featurescope/lm';

/** A model that is loaded when somebody first needs it: a run whose activations are all stored trains without. */
export class LazyModel {
  readonly #directory: string;
  #loading: Promise<LanguageModel> | null = null;

  constructor(directory: string) {
    this.#directory = directory;
  }

  load(): Promise<LanguageModel> {
    this.#loading ??= loadModel(this.#directory);
    return this.#loading;
  }

  async dispose(): Promise<void> {
    await (await this.#loading)?.dispose();
  }
}
