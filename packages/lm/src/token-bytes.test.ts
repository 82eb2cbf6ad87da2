import { describe, expect, it } from 'vitest';
import { byteNotation, displayBytes, tokenBytes } from './token-bytes.ts';

describe('byteNotation', () => {
  it('is read from the decoder, nested or not', () => {
    expect(byteNotation({ decoder: { type: 'ByteLevel' } })).toBe('byte-level');
    expect(byteNotation({ decoder: { type: 'Sequence', decoders: [{ type: 'ByteLevel' }] } })).toBe('byte-level');
    expect(byteNotation({ decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }] } })).toBe('sentencepiece');
  });
});

describe('tokenBytes', () => {
  it('undoes the byte stand-ins of GPT-2', () => {
    expect([...tokenBytes('Ġa', 'byte-level')]).toEqual([0x20, 0x61]);
    expect([...tokenBytes('ĊĀ', 'byte-level')]).toEqual([0x0a, 0x00]);
    // 0xAD, the soft hyphen, is the last of the shifted bytes.
    expect([...tokenBytes('Ń', 'byte-level')]).toEqual([0xad]);
  });

  it('undoes the notation of SentencePiece', () => {
    expect([...tokenBytes('▁a', 'sentencepiece')]).toEqual([0x20, 0x61]);
    expect([...tokenBytes('<0xE2>', 'sentencepiece')]).toEqual([0xe2]);
    expect(Buffer.from(tokenBytes('<0xE2>x', 'sentencepiece')).toString()).toBe('<0xE2>x');
  });
});

describe('displayBytes', () => {
  it.each<[string, number[], string]>([
    ['whole characters', [0x61, 0xc3, 0xa9, 0xf0, 0x9f, 0x99, 0x82], 'aé🙂'],
    ['a character that begins before', [0xa9, 0x61], '\\xA9a'],
    ['a character that ends after', [0x61, 0xe2, 0x80], 'a\\xE2\\x80'],
    ['an overlong form', [0xc0, 0x80], '\\xC0\\x80'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\\xED\\xA0\\x80'],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
    ['nothing', [], ''],
  ])('shows %s', (_what, bytes, text) => {
    expect(displayBytes(Uint8Array.from(bytes))).toBe(text);
  });
});
