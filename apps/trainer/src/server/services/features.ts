import type {
  ActivationsResponse,
  Example,
  ExampleBand,
  FeatureDetail,
  FeatureDistribution,
  FeaturePage,
  FeatureQuery,
  RecoveredFeature,
} from '@featurescope/contracts';
import {
  type ContextRow,
  type Db,
  type FeatureListRow,
  findFeature,
  findRunReading,
  LabelPatternError,
  type RunReading,
  readContexts,
  readFeatureDistribution,
  readFeaturePage,
  readFeatureSummaries,
  readPackedExamples,
  readRecoveredFeatures,
  SearchTimeoutError,
  setStar,
  setUserLabel,
} from '@featurescope/db';
import { AppError, notFound } from '../../app-error.ts';
import { decodeCursor, encodeCursor, type FeatureListing } from './feature-cursor.ts';
import {
  type BandedExample,
  contextTokenIds,
  type ExampleWindow,
  toExample,
  unpackExamples,
} from './feature-examples.ts';
import { parseSearch } from './feature-search.ts';
import { toFeatureDetail, toFeatureRow, toRecoveredMark } from './feature-view.ts';
import type { InferenceClient } from './inference-client.ts';
import { noVocabulary, type Vocabularies, type Vocabulary } from './vocabularies.ts';

const defaultLimit = 50;
const searchTimeoutMs = 3000;
/** A line of a table: the peak a little right of the middle. */
const listWindow: ExampleWindow = { before: 24, after: 16 };

export interface FeatureServiceOptions {
  db: Db;
  vocabularies: Vocabularies;
  inference: InferenceClient;
}

/** A run with what is needed to turn its evidence into text. */
interface Reading {
  run: RunReading;
  vocabulary: Pick<Vocabulary, 'text' | 'search'>;
}

export class FeatureService {
  private readonly options: FeatureServiceOptions;

  constructor(options: FeatureServiceOptions) {
    this.options = options;
  }

  async list(runId: string, query: FeatureQuery): Promise<FeaturePage> {
    const reading = await this.open(runId);
    const { sort = 'index', order: asked, q, cursor: given, limit = defaultLimit, ...filter } = query;
    const order = asked ?? (sort === 'index' || sort === 'label' ? 'asc' : 'desc');
    const listing: FeatureListing = { runId: reading.run.id, sort, order, q, filter };
    const cursor = given === undefined ? null : decodeCursor(listing, given);
    // Rows appear batch by batch while the index is written; they are shown once it is complete.
    if (reading.run.nFeatures === 0) return { features: [], nextCursor: null, total: 0 };
    const page = await readFeaturePage(this.options.db, {
      ...listing,
      search: parseSearch(q, reading.vocabulary),
      after: cursor?.after ?? null,
      limit,
      count: cursor === null,
      timeoutMs: searchTimeoutMs,
    }).catch(rethrowSearchError);
    const total = cursor?.total ?? page.total ?? 0;
    const examples = await this.listExamples(reading, page.rows);
    const recovered = await this.recovered(
      reading,
      page.rows.map(({ index }) => index),
    );
    return {
      features: page.rows.map((row, i) =>
        toFeatureRow(row, {
          example: examples[i],
          recovered: toRecoveredMark(recovered.get(row.index)),
          vocabulary: reading.vocabulary,
        }),
      ),
      nextCursor: page.next && encodeCursor(listing, { after: page.next, total }),
      total,
    };
  }

  async distribution(runId: string): Promise<FeatureDistribution> {
    const { run } = await this.open(runId);
    return readFeatureDistribution(this.options.db, run.id);
  }

  async get(runId: string, index: number): Promise<FeatureDetail> {
    const reading = await this.open(runId);
    const { run, vocabulary } = reading;
    const row = await findFeature(this.options.db, run.id, index);
    if (row === null) throw notFound('feature', index);
    const recovered = await this.recovered(reading, [index, ...row.evidence.neighbourIndices]);
    return toFeatureDetail(row, run, { vocabulary, recovered });
  }

  async examples(runId: string, index: number, band: ExampleBand | undefined): Promise<Example[]> {
    const reading = await this.open(runId);
    const packed = await readPackedExamples(this.options.db, reading.run.id, index);
    if (packed === null) throw notFound('feature', index);
    const wanted = unpackExamples(packed).filter((example) => band === undefined || example.band === band);
    const shown = await this.show(reading, wanted);
    return shown.filter((example) => example !== null);
  }

  async setLabel(runId: string, index: number, text: string): Promise<FeatureDetail> {
    const trimmed = text.trim();
    if (!(await setUserLabel(this.options.db, { runId, index }, trimmed === '' ? null : trimmed)))
      throw notFound('feature', index);
    return this.get(runId, index);
  }

  async setStar(runId: string, index: number, starred: boolean): Promise<FeatureDetail> {
    if (!(await setStar(this.options.db, { runId, index }, starred))) throw notFound('feature', index);
    return this.get(runId, index);
  }

  async explain(runId: string, index: number): Promise<FeatureDetail> {
    await this.get(runId, index);
    requireText((await this.open(runId)).run);
    await this.options.inference.explain({ runId, featureIndex: index });
    return this.get(runId, index);
  }

  /** What fires on a text, with the labels of what fired. */
  async activations(runId: string, request: { text: string; featureIndex?: number }): Promise<ActivationsResponse> {
    const { db, inference } = this.options;
    const { run } = await this.open(runId);
    requireText(run);
    if (request.featureIndex !== undefined && request.featureIndex >= run.nLatents)
      throw new AppError(
        'unprocessable',
        `featureIndex is ${request.featureIndex}; this run's features are 0 to ${run.nLatents - 1}.`,
        { field: 'featureIndex' },
      );
    const response = await inference.activations({ runId: run.id, ...request });
    const fired = new Set(response.tokens.flatMap((token) => token.features.map((feature) => feature.index)));
    if (request.featureIndex !== undefined) fired.add(request.featureIndex);
    const summaries = await readFeatureSummaries(db, run.id, [...fired]);
    const asked = request.featureIndex === undefined ? undefined : summaries.get(request.featureIndex);
    return {
      tokens: response.tokens.map((token) => ({
        ...token,
        features: token.features.map((feature) => ({ ...feature, label: summaries.get(feature.index)?.label ?? null })),
      })),
      maxActivation: asked?.maxActivation ?? response.maxActivation,
    };
  }

  /** Throws not_found. */
  private async open(runId: string): Promise<Reading> {
    const run = await findRunReading(this.options.db, runId);
    if (run === null) throw notFound('run', runId);
    const { modelDirectory } = run;
    return {
      run,
      vocabulary: modelDirectory === null ? noVocabulary : await this.options.vocabularies.of(modelDirectory),
    };
  }

  private async recovered({ run }: Reading, indices: number[]): Promise<Map<number, RecoveredFeature>> {
    return run.modelDirectory === null ? readRecoveredFeatures(this.options.db, run.id, indices) : new Map();
  }

  private async listExamples(reading: Reading, rows: FeatureListRow[]): Promise<(Example | null)[]> {
    const firsts = rows.map((row) => unpackExamples(row.listExample).find((example) => example.band === 'top') ?? null);
    const present = firsts.filter((example) => example !== null);
    const shown = await this.show(reading, present, listWindow);
    const byExample = new Map(present.map((example, i) => [example, shown[i]]));
    return firsts.map((example) => example && (byExample.get(example) ?? null));
  }

  /** Null where an example's context is not stored. */
  private async show(
    { run, vocabulary }: Reading,
    examples: BandedExample[],
    window?: ExampleWindow,
  ): Promise<(Example | null)[]> {
    const indices = [...new Set(examples.map(({ example }) => example.contextIndex))];
    const rows = run.corpusId === null ? new Map() : await readContexts(this.options.db, run.corpusId, indices);
    const contexts = new Map(
      [...rows].map(([index, row]: [number, ContextRow]) => [
        index,
        { row, tokenIds: contextTokenIds(row, run.vocabSize) },
      ]),
    );
    return examples.map((example) => {
      const context = contexts.get(example.example.contextIndex);
      return context ? toExample(example, context, { vocabulary, window }) : null;
    });
  }
}

/** Throws AppError for a run on synthetic data. */
function requireText({ modelDirectory }: RunReading): void {
  if (modelDirectory !== null) return;
  throw new AppError('unprocessable', 'This run is on synthetic data: it has no model that reads text.');
}

function rethrowSearchError(error: unknown): never {
  if (error instanceof SearchTimeoutError)
    throw new AppError(
      'query_timeout',
      `The search was given up after ${searchTimeoutMs / 1000} s. Make q more specific.`,
      {
        field: 'q',
        cause: error,
      },
    );
  if (error instanceof LabelPatternError)
    throw new AppError(
      'invalid_request',
      `q is not a regular expression: ${error.message}. Correct it, or drop the slashes.`,
      {
        field: 'q',
        cause: error,
      },
    );
  throw error;
}
