import { expect, it } from 'vitest';
import { scalePosition, tokenPieces } from './token-pieces.ts';

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

it('places an activation on the scale without leaving it', () => {
  expect(scalePosition(5, 10)).toBe(0.5);
  expect(scalePosition(20, 10)).toBe(1);
  expect(scalePosition(0, 10)).toBe(0);
  expect(scalePosition(0.0001, 10)).toBe(0.02);
  expect(scalePosition(1, 0)).toBe(0);
});
