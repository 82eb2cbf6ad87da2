import { EvidenceFormatError } from '../errors.ts';
import type { Example, FeatureExamples } from '../types.ts';
import { ByteReader, ByteWriter } from './packed-bytes.ts';

const VERSION = 1;
const STEPS = 65_535;

/** Packs the examples of one feature: version byte; float32 scale (the greatest peak); then the seven lists (top, four bands
 *  from the lowest, random, near misses), each a count and its examples. A firing example is varints of context, number of
 *  pairs and the peak's place among them, varint differences of the positions, and uint16 values, value = code · scale / 65535.
 *  A near miss is varints of context and position and a float32 value.
 *
 *  Values come back within scale/131070 (8e-6 of the feature's maximum), except that those below that come back as one step,
 *  never as zero. 3 bytes a firing position where contexts are shorter than 128 + the gaps, plus 4 to 7 an example. */
export function encodeExamples(examples: FeatureExamples): Uint8Array {
  const firing = [examples.top, ...examples.bands, examples.random];
  const scale = Math.fround(Math.max(0, ...firing.flat().map((example) => example.peakValue)));
  const writer = new ByteWriter();
  writer.byte(VERSION);
  writer.float32(scale);
  for (const list of firing) {
    writer.varint(list.length);
    for (const example of list) writeFiring(writer, example, scale);
  }
  writer.varint(examples.nearMisses.length);
  for (const example of examples.nearMisses) {
    writer.varint(example.contextIndex);
    writer.varint(example.peakPosition);
    writer.float32(example.peakValue);
  }
  return writer.bytes();
}

/** The inverse of encodeExamples. Throws EvidenceFormatError for bytes that it cannot have written. */
export function decodeExamples(bytes: Uint8Array): FeatureExamples {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== VERSION)
    throw new EvidenceFormatError(`Packed examples of version ${version}; this build reads ${VERSION}`);
  const scale = reader.float32();
  const firing = () => Array.from({ length: reader.count() }, () => readFiring(reader, scale));
  const examples: FeatureExamples = {
    top: firing(),
    bands: [firing(), firing(), firing(), firing()],
    random: firing(),
    nearMisses: Array.from({ length: reader.count() }, () => ({
      contextIndex: reader.varint(),
      peakPosition: reader.varint(),
      peakValue: reader.float32(),
      positions: [],
      values: [],
    })),
  };
  reader.expectEnd();
  return examples;
}

function writeFiring(writer: ByteWriter, example: Example, scale: number): void {
  const { positions, values } = example;
  writer.varint(example.contextIndex);
  writer.varint(positions.length);
  writer.varint(positions.indexOf(example.peakPosition));
  let previous = 0;
  for (const position of positions) {
    writer.varint(position - previous);
    previous = position;
  }
  for (const value of values) writer.uint16(Math.max(1, Math.round((value / scale) * STEPS)));
}

function readFiring(reader: ByteReader, scale: number): Example {
  const contextIndex = reader.varint();
  const nPairs = reader.count();
  const peak = reader.varint();
  let position = 0;
  const positions = Array.from({ length: nPairs }, () => {
    position += reader.varint();
    return position;
  });
  const values = Array.from({ length: nPairs }, () => (reader.uint16() / STEPS) * scale);
  if (peak >= nPairs) throw new EvidenceFormatError(`Peak ${peak} of an example with ${nPairs} firing positions`);
  return { contextIndex, peakPosition: positions[peak], peakValue: values[peak], positions, values };
}
