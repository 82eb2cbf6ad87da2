import {
  type AnalysisRow,
  type Db,
  type DictionaryRun,
  findAnalysis,
  findDictionaryRuns,
  readAnalysisData,
} from '@featurescope/db';
import { AppError, notFound } from '../../../app-error.ts';

/** A run on a language model. Throws not_found, and unprocessable for synthetic data. */
export async function requireModelRun(db: Db, runId: string): Promise<DictionaryRun> {
  const run = (await findDictionaryRuns(db, [runId])).get(runId);
  if (!run) throw notFound('run', runId);
  if (run.modelId === null)
    throw new AppError(
      'unprocessable',
      `The run "${run.name}" is on synthetic data: it has no text and no neurons. Choose a run on a language model.`,
    );
  return run;
}

/** A run whose text can be read through its dictionary again. Throws not_found, unprocessable and conflict. */
export async function requireIndexedRun(db: Db, runId: string): Promise<DictionaryRun> {
  const run = await requireModelRun(db, runId);
  if (run.corpusId === null || run.nFeatures === 0)
    throw new AppError('conflict', `${run.name} has no indexed features yet. Wait until its index is complete.`);
  return run;
}

/** What decides the result of reading a run's text again, beside the request. */
export function runInputs(run: DictionaryRun, definitionVersion: number): (string | number)[] {
  return [definitionVersion, run.checkpoints[0]?.sha256 ?? '', run.nIndexedTokens];
}

/** The stored JSON of an analysis. Throws conflict before it is done. */
export async function readJsonData<Data>(db: Db, row: AnalysisRow): Promise<Data> {
  const bytes = row.status === 'succeeded' ? await readAnalysisData(db, row.id) : null;
  if (bytes === null)
    throw new AppError('conflict', 'This is not computed yet. Ask for it, and wait until it is done.');
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Data;
}

/** Throws not_found. */
export async function requireAnalysis(db: Db, id: string, kind: string): Promise<AnalysisRow> {
  const row = await findAnalysis(db, id);
  if (row?.kind !== kind) throw notFound(kind, id);
  return row;
}
