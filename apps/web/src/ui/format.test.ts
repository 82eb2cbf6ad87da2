import { describe, expect, it } from 'vitest';
import {
  decimalsFor,
  formatAgo,
  formatBytes,
  formatDuration,
  formatFixed,
  formatNumber,
  formatShare,
  shortHookName,
} from './format.ts';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [0.18234, '0.182'],
    [-0.5, '−0.5'],
    [1.23456, '1.23'],
    [999.7, '1,000'],
    [2048, '2,048'],
    [9999, '9,999'],
    [12345, '12.3k'],
    [999_999, '1M'],
    [1_000_000, '1M'],
    [2.5e9, '2.5B'],
    [0.000012, '1.2e−5'],
    [32.0, '32'],
    [null, '–'],
    [Number.NaN, 'not a number'],
  ])('%s → %s', (value, text) => expect(formatNumber(value)).toBe(text));
});

it('formats shares, bytes, durations and times', () => {
  expect(formatShare(0.0342)).toBe('3.42%');
  expect(formatShare(0.00001)).toBe('<0.01%');
  expect(formatShare(0)).toBe('0%');
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(1536)).toBe('1.5 KiB');
  expect(formatBytes(1024 ** 3)).toBe('1 GiB');
  expect(formatDuration(59.6)).toBe('1 min');
  expect(formatDuration(200)).toBe('3 min 20 s');
  expect(formatDuration(7500)).toBe('2 h 5 min');
  const now = new Date('2026-01-02T00:00:00Z');
  expect(formatAgo(new Date('2026-01-01T23:59:40Z'), now)).toBe('just now');
  expect(formatAgo(new Date('2026-01-01T23:10:00Z'), now)).toBe('50 min ago');
  expect(formatAgo(new Date('2025-12-31T20:00:00Z'), now)).toBe('yesterday');
});

it('shortens hook names without losing which block and which point', () => {
  expect(shortHookName('blocks.3.hook_resid_post')).toBe('block 3 · resid_post');
  expect(shortHookName('blocks.0.attn.hook_z')).toBe('block 0 · attn.z');
  expect(shortHookName('hook_embed')).toBe('embed');
});

it('keeps the decimals of a column, and never shows a minus before nothing', () => {
  expect([1, 0.98, 0.969].map((score) => formatFixed(score, 2))).toEqual(['1.00', '0.98', '0.97']);
  expect(formatFixed(-0.3397, 3)).toBe('−0.340');
  expect(formatFixed(-0.0001, 2)).toBe('0.00');
  expect(formatFixed(null, 2)).toBe('–');
  expect([98.6, 0.488, 1234, 0].map(decimalsFor)).toEqual([1, 3, 0, 2]);
});
