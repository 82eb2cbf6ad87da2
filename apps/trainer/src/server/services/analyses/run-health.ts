import type {
  CoActivationBlocks,
  CoActivationPairs,
  DuplicatePairs,
  HealthResultView,
  KindFeatures,
  RunHealth,
} from '@featurescope/contracts';
import { type AnalysisRow, type Db, findDictionaryRuns, listAnalyses, requestAnalysis } from '@featurescope/db';
import { AppError, notFound } from '../../../app-error.ts';
import type { Queue } from '../../../queue.ts';
import type { HealthData } from '../../../run/health-data.ts';
import { featureNamer, toAnalysisState } from './analysis-view.ts';
import { readJsonData, requireIndexedRun, runInputs } from './run-analyses.ts';

const definitionVersion = 1;
/** Features named of a block. */
const shownOfBlock = 12;

interface Page {
  offset: number;
  limit: number;
}

/** What is amiss with a run's latents, as its analysis found it. */
export class RunHealthService {
  private readonly options: { db: Db; queue: Queue };

  constructor(options: { db: Db; queue: Queue }) {
    this.options = options;
  }

  /** Begins the analysis if there is none. Throws not_found and conflict. */
  async create(runId: string): Promise<string> {
    const { db, queue } = this.options;
    const run = await requireIndexedRun(db, runId);
    const wanted = { kind: 'health' as const, runId, request: {}, inputs: runInputs(run, definitionVersion) };
    return requestAnalysis(db, wanted, queue.enqueueAnalysis);
  }

  async get(runId: string): Promise<RunHealth> {
    const row = await this.latest(runId);
    return { analysis: row && toAnalysisState(row), result: (row?.result ?? null) as HealthResultView | null };
  }

  async duplicates(runId: string, page: Page): Promise<DuplicatePairs> {
    const { duplicates } = await this.data(runId);
    return this.pairs(runId, duplicates, page);
  }

  async coActivation(
    runId: string,
    { order, ...page }: Page & { order: 'jaccard' | 'npmi' },
  ): Promise<CoActivationPairs> {
    const { byJaccard, byNpmi } = await this.data(runId);
    return this.pairs(runId, order === 'jaccard' ? byJaccard : byNpmi, page);
  }

  async blocks(runId: string, { offset, limit }: Page): Promise<CoActivationBlocks> {
    const { blocks } = await this.data(runId);
    const page = blocks.slice(offset, offset + limit);
    const shown = page.map(({ features }) => features.slice(0, shownOfBlock));
    const name = await featureNamer(this.options.db, runId, shown.flat());
    return {
      total: blocks.length,
      blocks: page.map(({ features, nPairs }, i) => ({ size: features.length, nPairs, features: shown[i].map(name) })),
    };
  }

  /** Throws not_found for a kind that the text does not have. */
  async kind(runId: string, { kind, offset, limit }: Page & { kind: string }): Promise<KindFeatures> {
    const { kinds } = await this.data(runId);
    if (!Object.hasOwn(kinds, kind))
      throw new AppError('not_found', `The text has no documents of kind "${kind}".`, { field: 'kind' });
    const page = kinds[kind].slice(offset, offset + limit);
    const name = await featureNamer(
      this.options.db,
      runId,
      page.map(({ index }) => index),
    );
    return {
      total: kinds[kind].length,
      features: page.map(({ index, density: kindDensity, ...firing }) => ({ ...name(index), kindDensity, ...firing })),
    };
  }

  private async pairs<Pair extends { first: number; second: number }>(
    runId: string,
    all: Pair[],
    { offset, limit }: Page,
  ) {
    const page = all.slice(offset, offset + limit);
    const name = await featureNamer(
      this.options.db,
      runId,
      page.flatMap(({ first, second }) => [first, second]),
    );
    return {
      total: all.length,
      pairs: page.map((pair) => ({ ...pair, first: name(pair.first), second: name(pair.second) })),
    };
  }

  private async data(runId: string): Promise<HealthData> {
    const row = await this.latest(runId);
    if (row === null) throw new AppError('conflict', 'The health of this run is not computed yet. POST it, and wait.');
    return readJsonData<HealthData>(this.options.db, row);
  }

  private async latest(runId: string): Promise<AnalysisRow | null> {
    const { db } = this.options;
    if (!(await findDictionaryRuns(db, [runId])).has(runId)) throw notFound('run', runId);
    const [row] = await listAnalyses(db, { kind: 'health', runId, limit: 1 });
    return row ?? null;
  }
}
