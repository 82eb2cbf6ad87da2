import { type ComparisonResult, type CreateComparison, matchThresholds } from '@featurescope/contracts';
import { readAliveFeatures, updateAnalysis } from '@featurescope/db';
import { matchDictionaries } from '@featurescope/interp';
import { encodeMatch, type MatchSummary, summariseMatch } from '@featurescope/interp/comparison';
import { Rng, randomDirections, SaeFormatError } from '@featurescope/sae';
import { type DecoderRows, readDecoderRows } from '../../run/decoder-rows.ts';
import type { AnalysisContext } from './analysis-context.ts';

/** Of the random dictionary: the same chance for every comparison of these sizes. */
const randomSeed = 0;

/** Matches the rows of two dictionaries, and those of the first with random directions. */
export async function compareDictionaries({ db, store, claim, analysis, report }: AnalysisContext): Promise<void> {
  const { a: choiceA, b: choiceB } = analysis.request as unknown as CreateComparison;
  const [a, b] = [await readDecoderRows(store, choiceA), await readDecoderRows(store, choiceB)];
  if (a.width !== b.width)
    throw new SaeFormatError(`The directions of A have ${a.width} values, those of B ${b.width}: they have no cosine`);
  const { width } = a;
  const total = 2 * a.nLatents;
  const step = (label: string, from: number) => (done: number) => report({ label, done: from + done, total });
  const match = await matchDictionaries(a.rows, b.rows, { width, onProgress: step('Matching features', 0) });
  const random = randomDirections(b.nLatents, width, Rng.fromSeed(randomSeed, 'random-directions'));
  const chance = await matchDictionaries(a.rows, random, {
    width,
    onProgress: step('Matching random directions', a.nLatents),
  });
  const result: ComparisonResult = {
    version: 1,
    method: match.method,
    width,
    all: summariseMatch(match, matchThresholds),
    alive: await summariseAlive(),
    random: summariseMatch(chance, matchThresholds),
  };
  const data = encodeMatch(match);
  await updateAnalysis(db, claim, { status: 'succeeded', result, data, progress: null, finishedAt: new Date() });

  async function summariseAlive(): Promise<MatchSummary | null> {
    const [aliveA, aliveB] = [await aliveOf(choiceA.runId, a), await aliveOf(choiceB.runId, b)];
    if (aliveA === null || aliveB === null) return null;
    return summariseMatch(match, matchThresholds, { a: (i) => aliveA[i] === 1, b: (i) => aliveB[i] === 1 });
  }

  async function aliveOf(runId: string, { nLatents }: DecoderRows): Promise<Uint8Array | null> {
    const alive = await readAliveFeatures(db, runId);
    return alive?.length === nLatents ? alive : null;
  }
}
