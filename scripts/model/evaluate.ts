/** Scores the exported weights on the held-out documents, beside the 5-gram's figures, and continues ten prompts.
 *  Usage: tsx scripts/model/evaluate.ts [--limit N]  (N: score only the first N documents) */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { continueGreedily } from './evaluation/continue-greedily.ts';
import { type BitsByKind, heldOutDocuments, sumBits } from './evaluation/held-out.ts';
import { prompts } from './evaluation/prompts.ts';
import { transformerBits } from './evaluation/transformer-bits.ts';
import { readExportedParameters } from './export/read-llama.ts';
import { modelDirectory } from './model-directory.ts';
import { BytePairEncoder } from './tokenizer/encode-bpe.ts';
import { readTokenizer } from './tokenizer/hugging-face-files.ts';
import { parameterTensors } from './transformer/parameter-tensors.ts';
import { tinyShape as shape } from './transformer/shape.ts';

const { values: options } = parseArgs({ options: { limit: { type: 'string', default: 'Infinity' } } });
const encoder = new BytePairEncoder(readTokenizer(modelDirectory));
const parameters = parameterTensors(readExportedParameters(join(modelDirectory, 'model.safetensors'), shape), shape);

const continuations = prompts.map(({ kind, text }) => {
  const ids = continueGreedily(parameters, encoder.encode(text), { nTokens: 50, shape });
  return { kind, prompt: text, continuation: encoder.decode(ids) };
});
for (const { kind, prompt, continuation } of continuations) console.log(`[${kind}] ${prompt}▮${continuation}\n`);

const documents = (await heldOutDocuments(encoder)).slice(0, Number(options.limit));
const sums = sumBits(documents, (document) => transformerBits(parameters, document.tokens, shape));
const baselinePath = join(modelDirectory, 'kneser-ney.json');
const baseline = existsSync(baselinePath)
  ? (JSON.parse(readFileSync(baselinePath, 'utf8')) as { heldOut: BitsByKind }).heldOut
  : undefined;
for (const [kind, sum] of Object.entries(sums)) {
  const other = baseline?.[kind];
  console.log(
    `${kind.padEnd(16)} ${sum.bitsPerByte.toFixed(3)} bits a byte, 5-gram ${other?.bitsPerByte.toFixed(3) ?? '–'}`,
  );
}
if (options.limit === 'Infinity') {
  const path = join(modelDirectory, 'evaluation.json');
  writeFileSync(path, `${JSON.stringify({ heldOut: sums, continuations }, null, 2)}\n`);
}
