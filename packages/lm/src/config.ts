/** What a process that never runs a model may know of one: no ONNX Runtime is loaded by this entry. */
export { type HookPoint, hookNames } from './hook-points.ts';
export { type ModelConfig, readModelConfig } from './model-config.ts';
export { readGgufLicence, readWeightTypes } from './weight-types.ts';
