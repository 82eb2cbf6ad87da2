import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { memoryEnv } from './memory-env.mjs';

test('Node starts with it, beside options of the user', () => {
  const env = { ...process.env, ...memoryEnv({ NODE_OPTIONS: '--no-deprecation' }) };
  const { stdout } = spawnSync(process.execPath, ['-p', 'process.noDeprecation'], { env, encoding: 'utf8' });
  expect(stdout.trim()).toBe('true');
  expect(env.NODE_OPTIONS).toContain('--max-semi-space-size=8');
});

test('what the user chose stays', () => {
  const chosen = { NODE_OPTIONS: '--max-semi-space-size=32', MALLOC_MMAP_THRESHOLD_: '1000' };
  expect(memoryEnv(chosen)).toEqual(chosen);
});
