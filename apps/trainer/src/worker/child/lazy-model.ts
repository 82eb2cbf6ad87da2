import { type LanguageModel, loadModel } from '@featurescope/lm';

/** A model that is loaded when somebody first needs it: a run whose activations are all stored trains without. */
export class LazyModel {
  readonly #directory: string;
  readonly #hookName: string;
  #loading: Promise<LanguageModel> | null = null;

  /** hookName: where it will be read. */
  constructor(directory: string, hookName: string) {
    this.#directory = directory;
    this.#hookName = hookName;
  }

  load(): Promise<LanguageModel> {
    this.#loading ??= loadModel(this.#directory, { hooks: [this.#hookName] });
    return this.#loading;
  }

  async dispose(): Promise<void> {
    await (await this.#loading)?.dispose();
  }
}
