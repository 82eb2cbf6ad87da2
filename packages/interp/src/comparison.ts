/** Reading a stored comparison: neither TensorFlow.js nor ONNX Runtime is loaded by this entry. */

export { type Fate, featureFates, type SideFates } from './comparison/feature-fates.ts';
export { decodeMatch, encodeMatch } from './comparison/match-codec.ts';
export { type MatchSummary, summariseMatch } from './comparison/match-shares.ts';
export type { DictionaryMatch } from './comparison/match-types.ts';
