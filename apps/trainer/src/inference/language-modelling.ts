import {
  type GenerateRequest,
  type GenerateResponse,
  generateRequestSchema,
  idSchema,
  maxPromptTokens,
  type PredictRequest,
  type PredictResponse,
  predictRequestSchema,
} from '@featurescope/contracts';
import { type Db, findModel } from '@featurescope/db';
import type { LanguageModel } from '@featurescope/lm';
import { AppError, notFound } from '../app-error.ts';
import { promptTokens } from './prompt-tokens.ts';
import type { ModelOnDisk } from './resident-models.ts';

export const predictBodySchema = predictRequestSchema.safeExtend({ modelId: idSchema });
export const generateBodySchema = generateRequestSchema.safeExtend({ modelId: idSchema });

/** Rows of logits in memory at once: [rowsAtOnce, vocabSize]. */
const rowsAtOnce = 32;

/** Throws AppError not_found. */
export async function requireModel(db: Db, modelId: string): Promise<ModelOnDisk> {
  const row = await findModel(db, modelId);
  if (row === null) throw notFound('model', modelId);
  return row;
}

/** The likeliest next tokens after each token of a prompt. */
export async function predictTokens(model: LanguageModel, request: PredictRequest): Promise<PredictResponse> {
  const tokenIds = readPrompt(model, request, 0);
  const batch = { tokenIds: Int32Array.from(tokenIds), batch: 1, seqLen: tokenIds.length };
  const residual = await model.finalResidual(batch);
  const { dModel, vocabSize } = model.config;
  const textOf = (tokenId: number) => model.tokenizer.tokenText(tokenId);
  const positions: PredictResponse['positions'] = [];
  for (let first = 0; first < tokenIds.length; first += rowsAtOnce) {
    const rows = residual.subarray(first * dModel, (first + rowsAtOnce) * dModel);
    const nRows = rows.length / dModel;
    const logits = await model.normAndUnembed(rows, nRows);
    for (let r = 0; r < nRows; r++) {
      const top = likeliest(logits.subarray(r * vocabSize, (r + 1) * vocabSize), request.topK);
      positions.push({ top: top.map((token) => ({ ...token, text: textOf(token.tokenId) })) });
    }
  }
  return { tokenIds, texts: tokenIds.map(textOf), positions };
}

/** Continues a prompt. */
export async function generateText(
  model: LanguageModel,
  request: GenerateRequest,
  signal: AbortSignal,
): Promise<GenerateResponse> {
  const { nTokens, temperature, topK, topP, seed } = request;
  const promptTokenIds = readPrompt(model, request, nTokens);
  const tokenIds: number[] = [];
  const logProbabilities: number[] = [];
  const options = { tokenIds: promptTokenIds, nTokens, temperature, topK, topP, seed, signal };
  for await (const token of model.generate(options)) {
    tokenIds.push(token.tokenId);
    logProbabilities.push(token.logProbability);
  }
  return { promptTokenIds, tokenIds, text: model.tokenizer.decode(tokenIds), logProbabilities };
}

/** room: positions that must stay free. */
function readPrompt(
  model: LanguageModel,
  { text, tokenIds }: PredictRequest | GenerateRequest,
  room: number,
): number[] {
  if (tokenIds === undefined) {
    const prompt = promptTokens(model, text ?? '', { field: 'text', room });
    if (prompt.length === 0) {
      const message = 'text is empty, and this model has no beginning-of-text token. Write a text.';
      throw new AppError('invalid_request', message, { field: 'text' });
    }
    if (prompt.length > maxPromptTokens) {
      const message = `text has ${prompt.length} tokens; at most ${maxPromptTokens} are read at once. Shorten it.`;
      throw new AppError('prompt_too_long', message, { field: 'text' });
    }
    return prompt;
  }
  const { vocabSize, contextSize } = model.config;
  const unknown = tokenIds.findIndex((tokenId) => tokenId >= vocabSize);
  if (unknown >= 0) {
    const message = `tokenIds[${unknown}] is ${tokenIds[unknown]}; the vocabulary ends at ${vocabSize - 1}.`;
    throw new AppError('invalid_request', message, { field: 'tokenIds' });
  }
  if (tokenIds.length + room > contextSize) {
    const message = `tokenIds has ${tokenIds.length} tokens; at most ${contextSize - room} fit. Shorten it.`;
    throw new AppError('prompt_too_long', message, { field: 'tokenIds' });
  }
  return tokenIds;
}

/** The k largest of a row of logits, with ln softmax over the whole row, summed in float64. */
function likeliest(logits: Float32Array, k: number) {
  const ids: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    if (ids.length === k && logits[id] <= logits[ids[k - 1]]) continue;
    let at = ids.length;
    while (at > 0 && logits[id] > logits[ids[at - 1]]) at--;
    ids.splice(at, 0, id);
    ids.length = Math.min(ids.length, k);
  }
  const largest = logits[ids[0]];
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - largest);
  const logNormaliser = largest + Math.log(total);
  return ids.map((tokenId) => ({ tokenId, logit: logits[tokenId], logProbability: logits[tokenId] - logNormaliser }));
}
