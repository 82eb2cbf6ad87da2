import { expect, it } from 'vitest';
import published from '../../reference/published-formats.golden.json' with { type: 'json' };
import saelens from '../../reference/saelens-architectures.golden.json' with { type: 'json' };
import { SaeFormatError } from '../errors.ts';
import { Rng } from '../rng.ts';
import { bytesOf } from '../testing/golden-case.ts';
import { importDictionary } from './import-dictionary.ts';

type Saved = Record<string, { files: Record<string, string>; location?: string }>;
const cases = Object.entries({ ...(saelens as Saved), ...(published as unknown as Saved) });
const DAMAGES_PER_FILE = 6;

/** One of: cut short, some bytes replaced, a stretch repeated. Most damage falls on headers, where meaning is densest. */
function damage(bytes: Uint8Array, rng: Rng): Uint8Array {
  const below = (n: number) => (n > 0 ? rng.int(n) : 0);
  const within = rng.float() < 0.7 ? Math.min(400, bytes.length) : bytes.length;
  if (rng.float() < 0.2) return bytes.slice(0, below(bytes.length));
  const damaged = bytes.slice();
  for (let n = 1 + below(4); n > 0; n--) damaged[below(within)] = below(256);
  if (rng.float() < 0.2) damaged.copyWithin(below(within), below(within), below(within) + 40);
  return damaged;
}

it('either reads a damaged directory or refuses it by name, and fails in no other way', async () => {
  const rng = Rng.fromSeed(404);
  let nRefused = 0;
  for (const [name, { files, location }] of cases) {
    const intact = bytesOf(files);
    for (const file of Object.keys(intact)) {
      for (let i = 0; i < DAMAGES_PER_FILE; i++) {
        const directory = Object.entries({ ...intact, [file]: damage(intact[file], rng) });
        try {
          await importDictionary(
            directory.map(([entry, bytes]) => ({ name: entry, sizeBytes: bytes.length, read: async () => bytes })),
            location,
          );
        } catch (error) {
          expect(error, `${name}: ${file}: ${(error as Error).stack}`).toBeInstanceOf(SaeFormatError);
          expect((error as Error).message, name).toMatch(/\.(json|safetensors|npz)/);
          nRefused++;
        }
      }
    }
  }
  expect(nRefused).toBeGreaterThan(200);
});
