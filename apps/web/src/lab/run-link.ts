/** What New run is told about a world of known directions. Names are those of the request, nested ones joined by dots
 *  (`generator.activity.kind`), so that the form reads them without knowing the Lab. */
export interface SyntheticRun {
  nTruths: number;
  dModel: number;
  activity: { kind: 'range'; min: number; max: number } | { kind: 'independent'; probability: number; decay: number };
  magnitude: { kind: 'uniform'; min: number; max: number };
  seed: number;
  /** Training samples there are; without a number every sample is new. */
  nSamples?: number;
  /** Fields of the dictionary and of training as the request has them. */
  dictionary: { architecture: string; nLatents: number } & Record<string, string | number | undefined>;
}

/** Truths and values of a sample that a run has at least. */
const LEAST = 2;

/** Latents that a run has at least. */
export const leastLatents = 8;

/** The address of New run with these settings; undefined where they cannot be a run. */
export function syntheticRunHref(run: SyntheticRun): string | undefined {
  const { nTruths, dModel, activity, magnitude, seed, nSamples, dictionary } = run;
  if (nTruths < LEAST || dModel < LEAST) return undefined;
  const generator = { nTruths, dModel, directions: 'random', activity, magnitude, nSamples, seed };
  const query = new URLSearchParams({ source: 'synthetic' });
  write(query, { generator, ...dictionary, seed });
  return `/runs/new?${query}`;
}

function write(query: URLSearchParams, fields: object, prefix = ''): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (typeof value === 'object' && value !== null) write(query, value, `${prefix}${name}.`);
    else query.set(prefix + name, typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value));
  }
}
