import { totalmem } from 'node:os';
import { type LanguageModel, type LoadOptions, loadModel } from '@featurescope/lm';
import { Resident } from './resident.ts';

/** Share of the machine's memory for models that stay loaded. */
const memoryShare = 0.25;

/** Where a model lies, and what tells it from a changed one. */
export interface ModelOnDisk {
  id: string;
  directory: string;
  weightsHash: string;
}

/** Language models, kept loaded between requests. */
export class ResidentModels {
  private readonly resident = new Resident<LanguageModel>(totalmem() * memoryShare);
  private readonly weights: LoadOptions['weights'];

  constructor(weights: LoadOptions['weights']) {
    this.weights = weights;
  }

  /** hooks: where this user will read or change the model. */
  use<R>(
    { id, directory, weightsHash }: ModelOnDisk,
    work: (model: LanguageModel) => Promise<R>,
    hooks: readonly string[] = [],
  ): Promise<R> {
    const load = async () => {
      const value = await loadModel(directory, { weights: this.weights, hooks });
      return { value, sizeBytes: value.weightBytes, dispose: () => value.dispose() };
    };
    return this.resident.use(`${id} ${weightsHash}`, load, work);
  }

  dispose(): Promise<void> {
    return this.resident.dispose();
  }
}
