import { corpusDocuments } from '../documents.ts';
import type { BytePairEncoder } from '../tokenizer/encode-bpe.ts';

/** A held-out document as both language models are asked to predict it: every token but the leading `<|endoftext|>`. */
export interface HeldOutDocument {
  readonly kind: string;
  readonly sizeBytes: number;
  readonly tokens: readonly number[];
}

export async function heldOutDocuments(encoder: BytePairEncoder): Promise<HeldOutDocument[]> {
  const documents: HeldOutDocument[] = [];
  for await (const { kind, text, split } of corpusDocuments()) {
    if (split === 'heldout') documents.push({ kind, sizeBytes: Buffer.byteLength(text), tokens: encoder.encode(text) });
  }
  return documents;
}

/** Bits spent on documents, by kind and in all. */
export interface BitsByKind {
  [kind: string]: { nDocuments: number; nTokens: number; sizeBytes: number; bits: number; bitsPerByte: number };
}

/** Adds up −log₂ P of each document. `bitsOf` sees one document at a time. */
export function sumBits(
  documents: readonly HeldOutDocument[],
  bitsOf: (document: HeldOutDocument) => number,
): BitsByKind {
  const sums: BitsByKind = {};
  for (const document of documents) {
    const bits = bitsOf(document);
    for (const kind of [document.kind, 'total']) {
      const sum = sums[kind] ?? { nDocuments: 0, nTokens: 0, sizeBytes: 0, bits: 0, bitsPerByte: 0 };
      sum.nDocuments += 1;
      sum.nTokens += document.tokens.length;
      sum.sizeBytes += document.sizeBytes;
      sum.bits += bits;
      sum.bitsPerByte = sum.bits / sum.sizeBytes;
      sums[kind] = sum;
    }
  }
  return sums;
}
