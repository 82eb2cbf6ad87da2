import type { Architecture, Model, Preset } from '@featurescope/contracts';
import type { Draft } from './draft.ts';
import { parseNumber, splitList } from './typed-numbers.ts';

/** Fields that have a usual value for an architecture, a size and a preset. */
const usualFields = ['learningRate', 'batchSize', 'l1Coefficient', 'l0Coefficient'] as const;
type UsualValues = Pick<Draft, (typeof usualFields)[number]>;

/** The width that coefficients were chosen at: gated's gave an L0 of 34 in 800 steps of the bundled model with 2,048 latents. */
const tunedWidth = 256;
const l1Coefficients: Partial<Record<Architecture, number>> = { gated: 2, standard: 1 };
const l0Coefficient = 0.3;
const saelensValues = { learningRate: '0.0003', batchSize: '4096', l1Coefficient: '1', l0Coefficient: '1' };

/** Up to 2,048 latents. */
const learningRates: Record<Architecture, number> = {
  topk: 3e-3,
  batchtopk: 3e-3,
  matryoshka: 3e-3,
  jumprelu: 3e-3,
  gated: 1e-3,
  standard: 5e-4,
};

/** As the trainer has it: what works on the bundled model; wider dictionaries want smaller steps. */
export function usualLearningRate(architecture: Architecture, nLatents: number, preset: Preset): string {
  if (preset === 'saelens') return saelensValues.learningRate;
  const width = Number.isFinite(nLatents) ? Math.max(2048, nLatents) : 2048;
  return rounded(learningRates[architecture] * Math.sqrt(2048 / width));
}

/** The usual values of a draft at a hook of some width. The learning rate is empty where architectures of a sweep differ in it: then
 *  each takes its own. */
export function usualValues(draft: Draft, hookWidth: number | undefined): UsualValues {
  if (draft.preset === 'saelens') return saelensValues;
  // In a sweep the widest dictionary decides.
  const nLatents = Math.max(...(draft.isSweep ? splitList(draft.nLatents) : [draft.nLatents]).map(parseNumber));
  const rates = new Set(draft.architectures.map((one) => usualLearningRate(one, nLatents, draft.preset)));
  // Activations are scaled to a mean norm of √width: a latent's share of it grows as √width, and of its square as the width.
  const wider = (hookWidth ?? tunedWidth) / tunedWidth;
  return {
    learningRate: rates.size === 1 ? [...rates][0] : '',
    batchSize: '1024',
    l1Coefficient: rounded(usualL1(draft.architectures) * Math.sqrt(wider)),
    l0Coefficient: rounded(l0Coefficient * wider),
  };
}

/** Of the first architecture that has one. */
function usualL1(architectures: Architecture[]): number {
  for (const architecture of architectures) {
    const known = l1Coefficients[architecture];
    if (known !== undefined) return known;
  }
  return 1;
}

/** A draft after a change. What stood at its usual value moves to the new usual one; what was typed stays. */
export function withUsualValues(draft: Draft, change: Partial<Draft>, models: Model[]): Draft {
  const changed = { ...draft, ...change };
  const [before, after] = [draft, changed].map((of) => usualValues(of, hookWidthOf(of, models)));
  for (const field of usualFields)
    if (!(field in change) && draft[field] === before[field]) changed[field] = after[field];
  return changed;
}

export function hookWidthOf({ modelId, hookName }: Pick<Draft, 'modelId' | 'hookName'>, models: Model[]) {
  const model = models.find((candidate) => candidate.id === modelId);
  return model?.hooks.find((hook) => hook.name === hookName)?.width;
}

const rounded = (value: number) => String(Number(value.toPrecision(2)));
