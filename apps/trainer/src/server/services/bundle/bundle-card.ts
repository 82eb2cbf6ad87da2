import { architectureLabel, type Evaluation, type ImportedFrom, type Run } from '@featurescope/contracts';

/** README.md of a bundle: a model card whose front matter the Hugging Face hub reads. */
export function bundleCard(run: Run): string {
  const { evaluation } = run;
  const kind = architectureLabel(run);
  return `---
library_name: saelens
tags:
- sparse-autoencoder
- saelens
- interpretability
- featurescope
---

# ${oneLine(run.name)}

A sparse autoencoder on \`${run.hookName}\` of ${oneLine(run.modelName)}: ${run.nLatents} latents, ${kind}.
${originOf(run)}

| | |
|---|---|
| model | ${cell(run.modelName)}, weights sha256 \`${run.provenance.weightsHash}\` |
| hook | \`${run.hookName}\` |
| text | ${cell(run.datasetName)}${run.provenance.datasetHash ? `, sha256 \`${run.provenance.datasetHash}\`` : ''} |
| features with a label | ${run.nLabelled} of ${run.nFeatures} |
${evaluation ? figures(evaluation) : ''}
## Files

| file | what it is |
|---|---|
| \`cfg.json\`, \`sae_weights.safetensors\` | the dictionary as SAELens loads it: \`SAE.load_from_disk(".")\` |
| \`features/*.parquet\` | one row a feature: density, label with its score, output tokens, neighbours, histogram |
| \`examples/*.jsonl\` | one line an example: tokens around the peak and the feature's activation on each |

Activations are f·‖d‖, what a feature writes into the residual stream. Every context began with a beginning-of-text token, whose
activation was left out.
`;
}

function originOf({ origin, imported, nTokens }: Run): string {
  if (origin === 'trained') return `Trained by featurescope on ${nTokens?.toLocaleString('en-US')} tokens.`;
  if (origin === 'fitted')
    return `A classical decomposition, fitted by featurescope on ${nTokens?.toLocaleString('en-US')} tokens, as a dictionary.`;
  return `Trained elsewhere and imported into featurescope, where features were indexed and labelled: ${oneLine(imported?.found ?? 'a dictionary')}.${placeOf(imported?.hub)} The licence of the dictionary is its author's to tell.`;
}

/** Names on the hub are checked when they are asked for: none ends the code that it stands in. */
function placeOf(hub: ImportedFrom['hub']): string {
  if (!hub) return '';
  return ` Its files are \`${[hub.repo, hub.path].filter(Boolean).join('/')}\` on the hub, at commit \`${hub.commit}\`.`;
}

function figures(evaluation: Evaluation): string {
  const rows: [string, number | null][] = [
    ['fraction of variance unexplained', evaluation.fvu],
    ['L0', evaluation.l0],
    ['cross-entropy recovered, against mean ablation', evaluation.ceRecoveredMean],
    ['cross-entropy added by the reconstruction, nats', evaluation.deltaCe],
    [
      `share of latents silent on ${counted(evaluation.nFiringTokens ?? evaluation.nTokens)} tokens`,
      evaluation.deadShare,
    ],
  ];
  const table = rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `| ${name} | ${value?.toPrecision(3)} |`);
  return `
## Held-out evaluation

On ${counted(evaluation.nTokens)} tokens of documents that were held out.

| | |
|---|---|
${table.join('\n')}
`;
}

const counted = (value: number) => value.toLocaleString('en-US');

/** Names are anybody's: nothing in them becomes markup of the card's own. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').replace(/[<>`[\]*_#\\]/g, (sign) => `\\${sign}`);
const cell = (text: string) => oneLine(text).replaceAll('|', '\\|');
