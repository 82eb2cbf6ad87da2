import { isJsonObject } from './bounded-file.ts';

/** How a vocabulary writes bytes: as stand-in characters (GPT-2's byte-level BPE) or as `▁` and `<0xNN>` (SentencePiece). */
export type ByteNotation = 'byte-level' | 'sentencepiece';

/** Finds the notation from the decoder that a tokenizer.json names. */
export function byteNotation(tokenizerJson: Record<string, unknown>): ByteNotation {
  return decoderTypes(tokenizerJson.decoder).includes('ByteLevel') ? 'byte-level' : 'sentencepiece';
}

function decoderTypes(decoder: unknown): unknown[] {
  if (!isJsonObject(decoder)) return [];
  return Array.isArray(decoder.decoders) ? decoder.decoders.flatMap(decoderTypes) : [decoder.type];
}

/** The bytes of text that a vocabulary entry stands for. */
export function tokenBytes(token: string, notation: ByteNotation): Uint8Array {
  if (notation === 'sentencepiece') {
    const escaped = /^<0x([0-9A-F]{2})>$/.exec(token);
    return escaped
      ? Uint8Array.of(Number.parseInt(escaped[1], 16))
      : new TextEncoder().encode(token.replaceAll('▁', ' '));
  }
  const bytes: number[] = [];
  for (const character of token) {
    const byte = BYTE_OF_STAND_IN.get(character);
    if (byte === undefined) bytes.push(...new TextEncoder().encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Text of bytes that may begin or end within a character: whole characters as they are, stray bytes as `\xNN`. */
export function displayBytes(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    text +=
      length > 0
        ? WHOLE.decode(bytes.subarray(at, at + length))
        : `\\x${bytes[at].toString(16).toUpperCase().padStart(2, '0')}`;
    at += Math.max(length, 1);
  }
  return text;
}

// A byte order mark is a character like any other here.
const WHOLE = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of the valid UTF-8 character that begins at a place; 0 when none does. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  const length =
    first < 0x80
      ? 1
      : first >= 0xc2 && first < 0xe0
        ? 2
        : first >= 0xe0 && first < 0xf0
          ? 3
          : first >= 0xf0 && first < 0xf5
            ? 4
            : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    WHOLE.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** GPT-2's table: printable Latin-1 bytes stand for themselves, the other 68 take the code points from 256 on. */
const BYTE_OF_STAND_IN: ReadonlyMap<string, number> = (() => {
  const isPrintable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  const table = new Map<string, number>();
  let nShifted = 0;
  for (let byte = 0; byte < 256; byte++) {
    table.set(String.fromCodePoint(isPrintable(byte) ? byte : 256 + nShifted++), byte);
  }
  return table;
})();
