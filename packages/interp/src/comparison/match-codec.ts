import { EvidenceFormatError } from '../errors.ts';
import type { DictionaryMatch } from './match-types.ts';

const methods = ['hungarian', 'mutualNearest'] as const;

/** A matching as bytes: three int32 (method, nA, nB), then the six arrays in the order of `DictionaryMatch`, little-endian. */
export function encodeMatch(match: DictionaryMatch): Uint8Array<ArrayBuffer> {
  const [nA, nB] = [match.matchOfA.length, match.nearestOfB.length];
  const words = new Int32Array(3 + 4 * nA + 2 * nB);
  const floats = new Float32Array(words.buffer);
  words.set([methods.indexOf(match.method), nA, nB]);
  let at = 3;
  for (const values of arraysOf(match)) {
    (values instanceof Int32Array ? words : floats).set(values, at);
    at += values.length;
  }
  return new Uint8Array(words.buffer);
}

/** Throws EvidenceFormatError for bytes that are none. */
export function decodeMatch(bytes: Uint8Array): DictionaryMatch {
  // A copy: what comes out of a database need not be aligned.
  const buffer = Uint8Array.from(bytes).buffer;
  const words = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
  const [method, nA, nB] = words;
  if (!(method in methods) || words.length !== 3 + 4 * nA + 2 * nB)
    throw new EvidenceFormatError(`${bytes.length} bytes are not a matching`);
  let at = 3;
  const take = <Values extends Int32Array | Float32Array>(
    kind: new (buffer: ArrayBuffer, offset: number, length: number) => Values,
    length: number,
  ) => {
    const values = new kind(buffer, 4 * at, length);
    at += length;
    return values;
  };
  return {
    method: methods[method],
    matchOfA: take(Int32Array, nA),
    cosineOfA: take(Float32Array, nA),
    nearestOfA: take(Int32Array, nA),
    nearestCosineOfA: take(Float32Array, nA),
    nearestOfB: take(Int32Array, nB),
    nearestCosineOfB: take(Float32Array, nB),
  };
}

const arraysOf = (match: DictionaryMatch) => [
  match.matchOfA,
  match.cosineOfA,
  match.nearestOfA,
  match.nearestCosineOfA,
  match.nearestOfB,
  match.nearestCosineOfB,
];
