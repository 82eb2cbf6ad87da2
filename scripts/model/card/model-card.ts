import type { BitsByKind } from '../evaluation/held-out.ts';

/** What the card says, all of it measured or configured elsewhere. */
export interface CardFacts {
  readonly training: {
    seed: number;
    steps: number;
    tokens: number;
    epochTokens: number;
    hours: number;
    peakLearningRate: number;
    muonFactor: number;
    decayFromTokens: number;
    batchTokens: number;
    finalLoss: number;
    nParameters: number;
  };
  readonly evaluation: {
    heldOut: BitsByKind;
    continuations: { kind: string; prompt: string; continuation: string }[];
  };
  readonly kneserNey: { heldOut: BitsByKind };
  readonly manifest: {
    sizeBytes: number;
    nDocuments: number;
    nHeldOut: number;
    sources: {
      id: string;
      package: string;
      licence: string;
      kind: string;
      nDocuments: number;
      sizeBytes: number;
      redistributed: boolean;
    }[];
  };
}

/** README.md of the model directory. */
export function modelCard({ training, evaluation, kneserNey, manifest }: CardFacts): string {
  const total = evaluation.heldOut.total!;
  const baseline = kneserNey.heldOut.total!;
  const millions = (value: number) => (value / 1e6).toFixed(1);
  const kinds = Object.keys(evaluation.heldOut)
    .filter((kind) => kind !== 'total')
    .sort((a, b) => evaluation.heldOut[b]!.nTokens - evaluation.heldOut[a]!.nTokens);
  const row = (kind: string) => {
    const ours = evaluation.heldOut[kind]!;
    return `| ${kind} | ${ours.nDocuments} | ${ours.nTokens.toLocaleString('en')} | ${ours.bitsPerByte.toFixed(3)} | ${kneserNey.heldOut[kind]!.bitsPerByte.toFixed(3)} |`;
  };
  const wins = kinds.filter((kind) => evaluation.heldOut[kind]!.bitsPerByte < kneserNey.heldOut[kind]!.bitsPerByte);
  const verdict =
    total.bitsPerByte < baseline.bitsPerByte
      ? `The model beats the 5-gram in total (${total.bitsPerByte.toFixed(3)} against ${baseline.bitsPerByte.toFixed(3)} bits a byte) and in ${wins.length} of ${kinds.length} kinds.`
      : `The model does **not** beat the 5-gram in total (${total.bitsPerByte.toFixed(3)} against ${baseline.bitsPerByte.toFixed(3)} bits a byte); it does in ${wins.length} of ${kinds.length} kinds${wins.length > 0 ? `: ${wins.join(', ')}` : ''}. More training would change that: the run was short.`;
  return `---
license: apache-2.0
---

# featurescope-tiny

A decoder-only transformer of ${millions(training.nParameters)} million parameters, trained from scratch by the programs in
\`scripts/model/\` so that featurescope has a real language model to look into without downloading one. It is small and was
trained for hours, not once through its whole text: it writes in the register of its prompt, grammatically for a phrase or a
clause, knows nothing, and under greedy decoding soon goes in circles. Use it to
study features, not to answer questions.

| | |
|---|---|
| architecture | llama: 6 layers, d 256, 4 heads of 64 with 2 key-value heads, SwiGLU 704, RMSNorm, RoPE θ 10,000, tied embeddings |
| context | 256 tokens; every text begins with \`<|endoftext|>\` |
| tokenizer | byte-level BPE, 4,096 tokens, digits apart; trained on the training documents |
| weights | float16, \`model.safetensors\`, names of \`LlamaForCausalLM\`; \`transformers\` loads the directory |
| trained on | ${millions(training.tokens)} million tokens (${(training.tokens / training.epochTokens).toFixed(2)} epochs) in ${training.steps} steps, ${training.hours.toFixed(1)} hours on two shared CPU cores, tfjs-node |
| licence | Apache-2.0, as the repository; the texts in \`dataset/\` keep their own |
| seed | ${training.seed} |

## Training

Windows of 256 tokens in a seeded order from the stream of shuffled documents, each window led by \`<|endoftext|>\`;
${training.batchTokens.toLocaleString('en')} tokens a step. Muon (momentum .95, rate ${training.peakLearningRate * training.muonFactor}) for the hidden matrices, AdamW (.9, .95,
rate ${training.peakLearningRate}) for embedding and norms, weight decay .1 on matrices, gradient norm clipped at 1. 100 steps of warm-up, then
constant, then a decay to zero from ${millions(training.decayFromTokens)} million tokens on, linear in tokens. Gradients are derived by hand
and checked against tfjs's autograd. Loss over the last points: ${training.finalLoss.toFixed(3)} nats a token. The run was stopped and resumed
several times (once to share the gradient between two processes), which changes the order of some sums: repeating it gives a
model like this one, not the same bits.

![Training loss](loss-curve.svg)

The points, means over ten steps (over three at step 330, after a resume), are in \`training.json\`.

## Text

${millions(manifest.sizeBytes)} MB in ${manifest.nDocuments.toLocaleString('en')} pieces of 200 to 8,000 characters, deduplicated by lines. One piece in fifty is held out by the SHA-256 of
its text (${manifest.nHeldOut} pieces); because long works are cut first, held-out pieces come from works whose other pieces were trained on.
Hashes of the archives are in \`corpus-manifest.json\`.

| source | package | kind | pieces | MB | licence |
|---|---|---|---|---|---|
${manifest.sources.map((source) => `| ${source.id} | ${source.package} | ${source.kind} | ${source.nDocuments} | ${(source.sizeBytes / 1e6).toFixed(2)} | ${source.licence}${source.redistributed ? '' : ' (trained on, not redistributed)'} |`).join('\n')}

\`dataset/\` holds a sample of the same text, 3.5 million tokens with the held-out pieces marked, as gzip JSONL. Its texts keep
their own licences: among them are texts under the GPL (the GCIDE dictionary, An Anarchist FAQ, Debian's handbooks and manual pages), the MPL
(LibreOffice's help), the PSF licence, MIT, Apache-2.0 and BSD licences, and the WordNet licence:
“WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved.” Each document names its source.

## Held-out text

Bits a byte, lower is better. The baseline is an interpolated modified Kneser-Ney 5-gram over the same tokens, counted on the same
training text (${(22.5).toFixed(1)} million tokens, all of it). Both predict every token of a held-out piece once: the 5-gram sees the piece from its beginning, the
transformer windows of 256 that overlap by three quarters.

| kind | pieces | tokens | featurescope-tiny | 5-gram |
|---|---|---|---|---|
${kinds.map(row).join('\n')}
| **total** | ${total.nDocuments} | ${total.nTokens.toLocaleString('en')} | **${total.bitsPerByte.toFixed(3)}** | **${baseline.bitsPerByte.toFixed(3)}** |

${verdict}

## Greedy continuations

Fifty tokens, the most probable one each time; the prompt ends at ▮.

${evaluation.continuations.map(({ kind, prompt, continuation }) => `**${kind}**\n\n\`\`\`text\n${prompt}▮${continuation}\n\`\`\``).join('\n\n')}

## Limits

- Greedy text repeats itself within a line or two (see above); facts, names and numbers are invented.
- ${millions(training.tokens)} million tokens are few for ${millions(training.nParameters)} million parameters: the loss was still falling when the run had to end.
- Much of the English is of the 17th to 19th century, with its views; e-mail of 2002 and newspapers of 1961 are the most recent prose.
- German, French, Spanish, Italian and Portuguese come from software documentation almost alone.
- Held-out pieces share works with training pieces, so the figures say how well it models these works, not unseen ones.

## Making it again

\`\`\`sh
tsx scripts/model/corpus.ts                # fetch and split the text
tsx scripts/model/train-tokenizer.ts       # learn the vocabulary
tsx scripts/model/encode-corpus.ts         # token streams
tsx scripts/model/demo-dataset.ts          # dataset/
tsx scripts/model/train.ts                 # until stopped; continues from its checkpoint
tsx scripts/model/train.ts --decay-from ${training.decayFromTokens} --decay-to ${training.tokens}
tsx scripts/model/export.ts                # model.safetensors, config.json
tsx scripts/model/evaluate-kneser-ney.ts   # the baseline
tsx scripts/model/evaluate.ts              # bits a byte, continuations
tsx scripts/model/card.ts                  # this file
\`\`\`
`;
}
