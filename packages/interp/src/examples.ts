/** Reading stored evidence: neither TensorFlow.js nor ONNX Runtime is loaded by this entry. */

export { EvidenceFormatError } from './errors.ts';
export { histogramEdges } from './evidence/activation-histograms.ts';
export { decodeExamples, encodeExamples } from './evidence/example-codec.ts';
export type { Example, FeatureExamples } from './types.ts';
