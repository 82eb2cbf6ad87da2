import type { CreateSyntheticRun, Generator } from '@featurescope/contracts';

/** What New run is told. Names are those of the request, nested ones joined by dots (`generator.activity.kind`), so that the form reads
 *  them without knowing the Lab. */
export interface SyntheticRun {
  /** Without what the request has a default for; with the seed of dictionary and data. */
  generator: Partial<Generator> & { seed: number };
  /** Fields of the dictionary and of training as the request has them. */
  dictionary: Pick<CreateSyntheticRun, 'architecture' | 'nLatents'> & Record<string, string | number | undefined>;
}

/** Dimensions and latents that a run has at least. */
export const leastDimensions = 2;
export const leastLatents = 8;

/** The address of New run with these settings. */
export function syntheticRunHref({ generator, dictionary }: SyntheticRun): string {
  const query = new URLSearchParams({ source: 'synthetic' });
  write(query, { generator, ...dictionary, seed: generator.seed });
  return `/runs/new?${query}`;
}

function write(query: URLSearchParams, fields: object, prefix = ''): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (typeof value === 'object' && value !== null) write(query, value, `${prefix}${name}.`);
    else query.set(prefix + name, typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value));
  }
}
