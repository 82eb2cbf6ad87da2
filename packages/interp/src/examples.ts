/** Reading stored evidence: neither TensorFlow.js nor ONNX Runtime is loaded by this entry. */
export { histogramEdges } from './activation-histograms.ts';
export { EvidenceFormatError } from './errors.ts';
export { decodeExamples, encodeExamples } from './example-codec.ts';
export type { Example, FeatureExamples } from './types.ts';
