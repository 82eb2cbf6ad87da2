import { expect, it } from 'vitest';
import { isPlain, scalePosition, tokenPieces } from './token-pieces.ts';

it('keeps every character and marks white space', () => {
  expect(tokenPieces(' the\n\tx')).toEqual([
    { kind: 'blank', text: ' ' },
    { kind: 'text', text: 'the' },
    { kind: 'newline', text: '\n' },
    { kind: 'tab', text: '\t' },
    { kind: 'text', text: 'x' },
  ]);
  expect(tokenPieces('')).toEqual([]);
});

it.each([
  ['\u0000', '\\x00'],
  ['\u007f', '\\x7F'],
  ['\r', '\\x0D'],
  ['\u00a0', '\\xA0'],
  ['\u200b', '\\u200B'],
  ['\ud800', '\\uD800'],
  ['\u{e0001}', '\\u{E0001}'],
])('shows the invisible character %j in its escaped form', (text, shown) => {
  expect(tokenPieces(`a${text}b`)).toEqual([
    { kind: 'text', text: 'a' },
    { kind: 'escape', text: shown },
    { kind: 'text', text: 'b' },
  ]);
  expect(isPlain(text)).toBe(false);
});

it('leaves letters of any script and emoji as they are', () => {
  for (const text of ['größe', '日本', '👍', 'é', '\\xE2']) {
    expect(tokenPieces(text)).toEqual([{ kind: 'text', text }]);
    expect(isPlain(text)).toBe(true);
  }
});

it('places an activation on the scale without leaving it', () => {
  expect(scalePosition(5, 10)).toBe(0.5);
  expect(scalePosition(20, 10)).toBe(1);
  expect(scalePosition(0, 10)).toBe(0);
  expect(scalePosition(0.0001, 10)).toBe(0.02);
  expect(scalePosition(1, 0)).toBe(0);
});
