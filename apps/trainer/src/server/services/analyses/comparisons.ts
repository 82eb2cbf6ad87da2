import type {
  ComparableRun,
  ComparedFeatures,
  Comparison,
  ComparisonFeaturesQuery,
  ComparisonResult,
  ComparisonSide,
  CreateComparison,
  DictionaryChoice,
  FateCounts,
} from '@featurescope/contracts';
import {
  type AnalysisRow,
  type Db,
  type DictionaryRun,
  findAnalysis,
  findDictionaryRuns,
  listAnalyses,
  listDictionaryRuns,
  readAliveFeatures,
  readAnalysisData,
  readDensities,
  requestAnalysis,
} from '@featurescope/db';
import { type DictionaryMatch, decodeMatch, featureFates, type SideFates } from '@featurescope/interp/comparison';
import { AppError, notFound } from '../../../app-error.ts';
import type { Queue } from '../../../queue.ts';
import { featureNamer, toAnalysisState } from './analysis-view.ts';
import { comparability } from './comparability.ts';
import { listedFeatures } from './compared-features.ts';
import { placeOf } from './dictionary-place.ts';

const maxListed = 500;
/** Raised when the same inputs would give another result. */
const definitionVersion = 1;

/** Dictionaries compared feature by feature. */
export class ComparisonService {
  private readonly options: { db: Db; queue: Queue };

  constructor(options: { db: Db; queue: Queue }) {
    this.options = options;
  }

  /** Every run, and whether its dictionary can be compared with that of the run given. Throws not_found. */
  async comparableRuns(withRun?: string): Promise<ComparableRun[]> {
    const { db } = this.options;
    const id = withRun?.toLowerCase();
    const other = id === undefined ? null : ((await findDictionaryRuns(db, [id])).get(id) ?? null);
    if (id !== undefined && other === null) throw notFound('run', id);
    const runs = await listDictionaryRuns(db, maxListed);
    return runs.map((run) => ({
      runId: run.id,
      name: run.name,
      modelName: run.modelName,
      hookName: run.hookName,
      ...placeOf(run),
      architecture: run.architecture,
      nLatents: run.nLatents,
      seed: run.seed,
      hasDictionary: run.hasDictionary,
      checkpoints: run.checkpoints.map(({ step }) => step),
      ...comparability(run, other),
    }));
  }

  /** The comparison of two dictionaries, begun if there is none yet. Throws unprocessable where they cannot be compared. */
  async create({ a, b }: CreateComparison): Promise<string> {
    const { db, queue } = this.options;
    const choices = [a, b].map(({ runId, step }) => ({
      runId: runId.toLowerCase(),
      ...(step === undefined ? {} : { step }),
    }));
    const runs = await findDictionaryRuns(
      db,
      choices.map(({ runId }) => runId),
    );
    const [runA, runB] = choices.map(({ runId, step }, i) =>
      requireDictionary(runs, { runId, step }, i === 0 ? 'a' : 'b'),
    );
    if (choices[0].runId === choices[1].runId && choices[0].step === choices[1].step)
      throw new AppError(
        'unprocessable',
        'a and b are the same dictionary. Choose another run, or a checkpoint of it.',
        {
          field: 'b',
        },
      );
    const { reason } = comparability(runB, runA);
    if (reason !== null)
      throw new AppError('unprocessable', `${runB.name} cannot be compared: ${reason}`, { field: 'b' });
    const inputs = [runA, runB].flatMap((run, i) => [
      run.checkpoints.find(({ step }) => step === (choices[i].step ?? step))?.sha256 ?? '',
      run.nIndexedTokens,
    ]);
    const wanted = {
      kind: 'comparison' as const,
      runId: runA.id,
      otherRunId: runB.id,
      request: { a: choices[0], b: choices[1] },
      inputs: [definitionVersion, ...inputs],
    };
    return requestAnalysis(db, wanted, queue.enqueueAnalysis);
  }

  async list(runId?: string): Promise<Omit<Comparison, 'fates'>[]> {
    const { db } = this.options;
    const rows = await listAnalyses(db, { kind: 'comparison', runId, limit: maxListed });
    const runs = await findDictionaryRuns(db, [...new Set(rows.flatMap(runIdsOf))]);
    return rows.flatMap((row) => {
      const sides = sidesOf(row, runs);
      return sides ? [{ ...toAnalysisState(row), ...sides, result: row.result as ComparisonResult | null }] : [];
    });
  }

  /** Throws not_found. */
  async get(id: string, threshold: number): Promise<Comparison> {
    const { db } = this.options;
    const row = await this.require(id);
    const sides = sidesOf(row, await findDictionaryRuns(db, runIdsOf(row)));
    if (sides === null) throw notFound('comparison', id);
    const opened = row.status === 'succeeded' ? await this.open(row, threshold) : null;
    return {
      ...toAnalysisState(row),
      ...sides,
      result: row.result as ComparisonResult | null,
      fates: opened && { threshold, a: countFates(opened.a), b: countFates(opened.b) },
    };
  }

  /** One list of features. Throws not_found, and conflict before the comparison is done. */
  async features(id: string, query: ComparisonFeaturesQuery): Promise<ComparedFeatures> {
    const { db } = this.options;
    const row = await this.require(id);
    const { match, ...sides } = await this.open(row, query.threshold);
    const { a, b } = row.request as unknown as CreateComparison;
    const [ownRun, otherRun] = query.side === 'a' ? [a.runId, b.runId] : [b.runId, a.runId];
    const own = sides[query.side];
    const densities = await readDensities(db, ownRun, own.fates.length);
    const listed = listedFeatures({ match, ...own, densities }, query);
    const page = listed.slice(query.offset, query.offset + query.limit);
    const name = await featureNamer(
      db,
      ownRun,
      page.map(({ index }) => index),
    );
    const nameOther = await featureNamer(
      db,
      otherRun,
      page.flatMap(({ partners }) => partners.map(({ index }) => index)),
    );
    return {
      total: listed.length,
      features: page.map(({ index, partners }) => ({
        ...name(index),
        partners: partners.map(({ index: partner, cosine }) => ({ ...nameOther(partner), cosine })),
      })),
    };
  }

  /** The matching with every feature's fate. Throws conflict before it is done. */
  async open(row: AnalysisRow, threshold: number): Promise<OpenedComparison> {
    const { db } = this.options;
    const bytes = row.status === 'succeeded' ? await readAnalysisData(db, row.id) : null;
    if (bytes === null)
      throw new AppError('conflict', 'The comparison is not done yet. Wait for it, or see why it failed.');
    const match = decodeMatch(bytes);
    const { forwards, backwards } = featureFates(match, threshold);
    const { a, b } = row.request as unknown as CreateComparison;
    return {
      match,
      a: { ...forwards, alive: await this.aliveOf(a, forwards) },
      b: { ...backwards, alive: await this.aliveOf(b, backwards) },
    };
  }

  private async aliveOf({ runId }: DictionaryChoice, { fates }: SideFates): Promise<Uint8Array | null> {
    const alive = await readAliveFeatures(this.options.db, runId);
    return alive?.length === fates.length ? alive : null;
  }

  private async require(id: string): Promise<AnalysisRow> {
    const row = await findAnalysis(this.options.db, id);
    if (row?.kind !== 'comparison') throw notFound('comparison', id);
    return row;
  }
}

export interface OpenedSide extends SideFates {
  /** Null for a run without an index. */
  alive: Uint8Array | null;
}

export interface OpenedComparison {
  match: DictionaryMatch;
  a: OpenedSide;
  b: OpenedSide;
}

export function countFates({ fates, alive }: OpenedSide): FateCounts {
  const counts = { stable: 0, split: 0, shared: 0, lost: 0, dead: 0 };
  fates.forEach((fate, index) => {
    counts[alive && !alive[index] ? 'dead' : fate]++;
  });
  return counts;
}

const runIdsOf = ({ runId, otherRunId }: AnalysisRow) => (otherRunId === null ? [runId] : [runId, otherRunId]);

/** Null when a run was deleted just now. */
function sidesOf(
  { request }: AnalysisRow,
  runs: Map<string, DictionaryRun>,
): { a: ComparisonSide; b: ComparisonSide } | null {
  const { a, b } = request as unknown as CreateComparison;
  const [runA, runB] = [runs.get(a.runId), runs.get(b.runId)];
  return runA && runB ? { a: toSide(runA, a.step), b: toSide(runB, b.step) } : null;
}

export function toSide(run: DictionaryRun, step?: number): ComparisonSide {
  const { id, name, modelName, hookName, architecture, nLatents, seed } = run;
  return {
    ...{ runId: id, runName: name, step: step ?? null, modelName, hookName, architecture, nLatents, seed },
    ...placeOf(run),
    hasFeatures: run.nFeatures > 0,
  };
}

/** Throws not_found for a run, and unprocessable for a dictionary of it, that does not exist. */
function requireDictionary(
  runs: Map<string, DictionaryRun>,
  { runId, step }: DictionaryChoice,
  field: 'a' | 'b',
): DictionaryRun {
  const run = runs.get(runId);
  if (!run) throw notFound('run', runId);
  if (step === undefined && !run.hasDictionary)
    throw new AppError(
      'unprocessable',
      `${run.name} has no finished dictionary yet. Wait for its training, or name a checkpoint's step.`,
      {
        field: `${field}.runId`,
      },
    );
  if (step !== undefined && !run.checkpoints.some((checkpoint) => checkpoint.step === step)) {
    const stored = run.checkpoints.map((checkpoint) => checkpoint.step).join(', ') || 'none';
    throw new AppError('unprocessable', `step is ${step}; the checkpoints of ${run.name} that are stored: ${stored}.`, {
      field: `${field}.step`,
    });
  }
  return run;
}
