import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type TarEntry, tarArchive } from './tar-archive.ts';

const text = (content: string) => new TextEncoder().encode(content);

async function* chunks(...parts: string[]) {
  for (const part of parts) yield text(part);
}

async function archive(entries: TarEntry[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of tarArchive(entries, new Date('2026-01-02T03:04:05Z'))) parts.push(part);
  return Buffer.concat(parts);
}

test('tar unpacks what was put in, chunks and empty files too', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'featurescope-tar-'));
  try {
    const long = 'x'.repeat(513);
    const bytes = await archive([
      { name: 'README.md', sizeBytes: 5, content: text('hello') },
      { name: 'features/part-00000.parquet', sizeBytes: 513, content: chunks(long.slice(0, 500), long.slice(500)) },
      { name: 'empty', sizeBytes: 0, content: new Uint8Array(0) },
      { name: 'whole', sizeBytes: 512, content: text('y'.repeat(512)) },
    ]);
    expect(bytes.length % 512).toBe(0);
    writeFileSync(path.join(directory, 'bundle.tar'), bytes);
    const unpacked = spawnSync('tar', ['xvf', 'bundle.tar'], { cwd: directory, encoding: 'utf8' });
    expect([unpacked.status, unpacked.stderr]).toEqual([0, '']);
    expect(unpacked.stdout.split('\n')).toEqual(['README.md', 'features/part-00000.parquet', 'empty', 'whole', '']);
    expect(readFileSync(path.join(directory, 'features/part-00000.parquet'), 'utf8')).toBe(long);
    expect(readFileSync(path.join(directory, 'whole'), 'utf8')).toBe('y'.repeat(512));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('an entry that is not as long as it said, or cannot be named, ends the archive', async () => {
  await expect(archive([{ name: 'short', sizeBytes: 6, content: text('hello') }])).rejects.toThrow(
    'short said it had 6 bytes, but had 5',
  );
  await expect(archive([{ name: 'ü', sizeBytes: 0, content: text('') }])).rejects.toThrow(RangeError);
  await expect(archive([{ name: 'vast', sizeBytes: 8 ** 11, content: text('') }])).rejects.toThrow(/8589934592 bytes/);
});
