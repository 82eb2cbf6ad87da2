/**
 * Ten features of a run, drawn at random by a seed, as Markdown for the README: label, score and the two highest examples.
 *   pnpm docs:features <url> [--run <id>, by default the first run] [--seed 1]
 */
import { parseArgs } from 'node:util';
import {
  type Example,
  exampleListSchema,
  type FeatureRow,
  featurePageSchema,
  runListSchema,
} from '@featurescope/contracts';
import { Rng } from '@featurescope/sae';

const N_FEATURES = 10;
const N_EXAMPLES = 2;
/** Tokens shown before and after the peak. */
const AROUND = 10;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { run: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const [url] = positionals;
if (!url) throw new Error('usage: pnpm docs:features <url of the running product> [--run <id>] [--seed 1]');

const { runs } = runListSchema.parse(await get('/api/runs'));
const run = runs.find(({ id, demo, status }) => status === 'succeeded' && (options.run ? id === options.run : demo));
if (!run) throw new Error(`No ${options.run ? `run ${options.run}` : 'first run'} has succeeded at ${url}`);

const alive = await aliveFeatures(run.id);
const drawn = Rng.fromSeed(Number(options.seed), 'random-features')
  .shuffle(Int32Array.from(alive.keys()))
  .subarray(0, N_FEATURES);
console.log('| feature | label | score | fires on | highest examples |\n|---|---|---|---|---|');
for (const place of [...drawn].sort((a, b) => a - b)) {
  const feature = alive[place];
  const { examples } = exampleListSchema.parse(
    await get(`/api/runs/${run.id}/features/${feature.index}/examples?band=top`),
  );
  console.log(
    `| ${feature.index} | ${escaped(feature.label ?? 'none')} | ${feature.labelScore?.toFixed(2) ?? '–'} | ${(100 * feature.density).toPrecision(2)}% | ${examples.slice(0, N_EXAMPLES).map(shown).join('<br>')} |`,
  );
}

async function get(path: string): Promise<unknown> {
  const response = await fetch(`${url}${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

async function aliveFeatures(runId: string): Promise<FeatureRow[]> {
  const features: FeatureRow[] = [];
  let cursor: string | null = null;
  do {
    const next = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page = featurePageSchema.parse(
      await get(`/api/runs/${runId}/features?sort=index&order=asc&dead=false&limit=200${next}`),
    );
    features.push(...page.features);
    cursor = page.nextCursor;
  } while (cursor);
  return features;
}

/** The text around the peak, the peak in bold, its leading space before the bold. */
function shown(example: Example): string {
  const tokens = example.tokens.map((token, place) => (example.firstPosition + place === 0 ? '' : token));
  const peak = example.peakPosition - example.firstPosition;
  const text = (from: number, to: number) => escaped(tokens.slice(Math.max(0, from), to).join(''));
  const [, space, rest] = /^(\s*)(.*)$/s.exec(text(peak, peak + 1)) ?? ['', '', ''];
  return `${text(peak - AROUND, peak)}${space}**${rest || '⏎'}**${text(peak + 1, peak + AROUND)}`.trim();
}

function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|]/g, (character) => `\\${character}`);
}
