export {
  ContextOverflowError,
  InvalidInputError,
  LanguageModelError,
  ModelFormatError,
  NonFiniteError,
  UnsupportedHookError,
} from './errors.ts';
export type { GeneratedToken, GenerateOptions } from './generation.ts';
export { type HookPoint, hookNames, parseResidualHookName } from './hook-points.ts';
export type { Intervention, ResidualSite } from './intervention.ts';
export {
  LanguageModel,
  type ResidualStart,
  type RunOptions,
  type RunResult,
  type ScoreOptions,
} from './language-model.ts';
export { type LoadOptions, loadModel } from './load-model.ts';
export { type ModelConfig, readModelConfig } from './model-config.ts';
export type { NextTokenScores } from './next-token-scorer.ts';
export type { SamplingOptions } from './sampling.ts';
export { padTexts, singleText, type TokenBatch } from './token-batch.ts';
export { loadTokenizer, type Tokenizer } from './tokenizer.ts';
