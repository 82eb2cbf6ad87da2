#!/usr/bin/env node
/** pnpm bench: bench/run.ts in the environment that the launcher gives the product's processes. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { memoryEnv } from './launch/memory-env.mjs';

const root = path.resolve(import.meta.dirname, '..');
const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/run.ts', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...memoryEnv(process.env) },
});
process.exit(status ?? 1);
