import {
  architectures,
  type DictionaryInspection,
  decompositionKinds,
  maxLatents,
  type RunArchitecture,
  runArchitectureSchema,
} from '@featurescope/contracts';
import type { ModelRow } from '@featurescope/db';
import type { DictionarySummary } from '../../dictionary-child/messages.ts';
import { toModel } from '../model-view.ts';

/** What a dictionary is to a model: which hooks it may belong to, what to mind, and what stands against it. hookName: the one that
 *  was asked for. location: the folders its files lay in, whose names may tell the hook. */
export function inspectionOf(
  summary: DictionarySummary,
  { model: row, hookName, location }: { model: ModelRow; hookName?: string; location: string },
): Omit<DictionaryInspection, 'source'> {
  const { config, metadata } = summary;
  const model = toModel(row);
  const hooks = model.hooks.filter((hook) => hook.width === config.dModel);
  const has = (name: string | undefined) => name !== undefined && hooks.some((hook) => hook.name === name);
  const fromFolder = hookIn(location);
  const suggested = [metadata.hookName, fromFolder].find(has) ?? null;
  const chosen = hookName ?? suggested;
  const problems = kindProblems(summary);
  if (problems.length === 0) {
    if (hooks.length === 0)
      problems.push({
        field: 'modelId',
        message: `It reads activations of ${config.dModel} values, and no hook of ${model.name} is that wide (its residual stream has ${model.dModel}). Choose the model that it was trained on.`,
      });
    else if (chosen === null)
      problems.push({
        field: 'hookName',
        message: metadata.hookName
          ? `Its files name the hook ${metadata.hookName}, which ${model.name} does not have. Choose the place it was trained on.`
          : 'Its files do not say where in the model it reads. Choose the place it was trained on.',
      });
    else if (!has(chosen)) {
      const width = model.hooks.find((hook) => hook.name === chosen)?.width;
      problems.push({
        field: 'hookName',
        message:
          width === undefined
            ? `hookName is "${chosen}", which ${model.name} does not have. Of the right width are ${hooks
                .slice(0, 4)
                .map((hook) => hook.name)
                .join(', ')} and others.`
            : `hookName is "${chosen}", whose activations have ${width} values; the dictionary reads ${config.dModel}.`,
      });
    }
  }
  return {
    format: summary.format,
    found: summary.found,
    architecture: config.architecture,
    dIn: config.dModel,
    nLatents: config.nLatents,
    k: config.k ?? null,
    modelName: metadata.modelName ?? null,
    hookName: metadata.hookName ?? null,
    suggestedHookName: suggested,
    hooks,
    notes: [...summary.notes, ...originNotes(summary, { modelName: model.name, chosen })],
    problems,
  };
}

/** What files can say: of the decompositions only nmf has an inference of its own, the others are written as standard or topk. */
const importable = runArchitectureSchema.options.filter(
  (known) => known === 'nmf' || !(decompositionKinds as readonly string[]).includes(known),
);

/** The architecture as a run has it; null for kinds that cannot be worked with. */
export function runArchitectureOf(architecture: string): RunArchitecture | null {
  return importable.find((known) => known === architecture) ?? null;
}

/** What stands against a dictionary on any model. */
function kindProblems({ config }: DictionarySummary): DictionaryInspection['problems'] {
  const against = (message: string) => [{ field: 'source' as const, message }];
  if (config.transcoder)
    return against(
      'It is a transcoder: it reads at one place of the model and writes at another. Features are measured and steered where they are read, so transcoders cannot be imported.',
    );
  if (config.architecture === 'abstopk')
    return against(
      'It is an abstopk dictionary, whose activations can be negative: one latent stands for two opposite features. The index collects what makes a latent fire above 0, so it cannot be imported.',
    );
  if (runArchitectureOf(config.architecture) === null)
    return against(`Its architecture is ${config.architecture}; imported are ${importable.join(', ')}.`);
  if (config.nLatents > maxLatents)
    return against(`It has ${config.nLatents} latents; at most ${maxLatents} are indexed.`);
  return [];
}

function originNotes(
  { config, metadata }: DictionarySummary,
  { modelName, chosen }: { modelName: string; chosen: string | null },
): string[] {
  const notes: string[] = [];
  if (metadata.modelName && !sameName(metadata.modelName, modelName))
    notes.push(
      `Its files say that it was trained on ${metadata.modelName}. On the activations of another model than that, its features mean nothing.`,
    );
  if (metadata.hookName && chosen !== null && chosen !== metadata.hookName)
    notes.push(`Its files say that it was trained at ${metadata.hookName}, not at ${chosen}.`);
  if (metadata.prependBos === false)
    notes.push(
      'It was trained on contexts without a beginning-of-text token; here every context begins with one, whose activation is left out.',
    );
  if (config.inputNorm !== undefined && config.inputNorm !== 'none')
    notes.push(
      'It brings each activation to one norm before it encodes. Activations are shown in those units; steering multiplies by the norm that the row had.',
    );
  if (!(architectures as readonly string[]).includes(config.architecture))
    notes.push(`${config.architecture} dictionaries are browsed and steered here, and trained elsewhere.`);
  return notes;
}

/** "google/gemma-2-2b" and "gemma-2-2b" are one; so are cases and signs between words. */
function sameName(a: string, b: string): boolean {
  const bare = (name: string) => (name.split('/').at(-1) ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
  return bare(a) === bare(b);
}

/** The hook that a folder's name tells: its own name, or "layer_12", "layers.12" as the residual stream after that block. */
function hookIn(location: string): string | undefined {
  const named = /(blocks\.\d+\.(?:[a-z0-9]+\.)?hook_[a-z_]+|hook_embed)/.exec(location)?.[1];
  if (named) return named;
  const layer = /(?:^|[/_.-])(?:layers?|blocks?)[_.-]?(\d+)(?:[/_.-]|$)/i.exec(location)?.[1];
  return layer === undefined ? undefined : `blocks.${layer}.hook_resid_post`;
}
