import { describe, expect, it } from 'vitest';
import { documentsOf, LineDeduplicator, splitIntoPieces, splitOf } from './split-documents.ts';

const sentence = (index: number) => `Sentence number ${index} says something of its own about the matter at hand.`;
const paragraph = (start: number) => Array.from({ length: 12 }, (_, index) => sentence(start + index)).join(' ');

describe('splitIntoPieces', () => {
  it('cuts at blank lines into pieces of 4,000 to 8,000 characters and loses no paragraph', () => {
    const paragraphs = Array.from({ length: 30 }, (_, index) => paragraph(12 * index));
    const pieces = splitIntoPieces(paragraphs.join('\n\n'));
    expect(pieces.length).toBeGreaterThan(3);
    for (const piece of pieces.slice(0, -1)) expect(piece.length).toBeGreaterThanOrEqual(4000);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(8000);
    expect(pieces.join('\n\n')).toBe(paragraphs.join('\n\n'));
  });

  it('cuts one endless paragraph at sentence ends', () => {
    const pieces = splitIntoPieces(Array.from({ length: 300 }, (_, index) => sentence(index)).join(' '));
    for (const piece of pieces) expect(piece.endsWith('.')).toBe(true);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(8000);
  });
});

describe('documentsOf', () => {
  const texts = [
    { name: 'a', text: paragraph(0) },
    { name: 'b', text: paragraph(0) },
    { name: 'c', text: `${paragraph(50)}\u0001` },
    { name: 'd', text: paragraph(90) },
  ];

  it('drops repeats and binary data', () => {
    const documents = documentsOf(texts, { id: 's', kind: 'k', capBytes: 1e6 }, new LineDeduplicator());
    expect(documents.map((document) => document.name)).toEqual(['a', 'd']);
  });

  it('caps a source by the hash of its pieces', () => {
    const one = documentsOf(texts, { id: 's', kind: 'k', capBytes: 1 }, new LineDeduplicator());
    expect(one).toHaveLength(1);
  });

  it('decides the split by the text alone, about one in fifty', () => {
    const held = Array.from({ length: 2000 }, (_, index) => splitOf(sentence(index))).filter(
      (split) => split === 'heldout',
    );
    // 40 expected; four standard deviations either way.
    expect(held.length).toBeGreaterThan(15);
    expect(held.length).toBeLessThan(66);
  });
});
