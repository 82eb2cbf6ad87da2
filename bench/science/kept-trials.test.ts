import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { KeptTrials } from './kept-trials.ts';

it('goes on after a line that was cut off, and makes no trial twice', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'featurescope-kept-'));
  try {
    const file = path.join(directory, 'trials.jsonl');
    expect(await new KeptTrials(file).get('a', async () => 1)).toBe(1);
    appendFileSync(file, '\n{"key":"b","trial":{"fvu":0.');
    expect(await new KeptTrials(file).get('b', async () => 2)).toBe(2);
    const again = new KeptTrials(file);
    const never = async (): Promise<number> => {
      throw new Error('made again');
    };
    expect(await again.get('a', never)).toBe(1);
    expect(await again.get('b', never)).toBe(2);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
