import type {
  Absorption,
  AbsorptionConcept,
  AbsorptionDetail,
  AbsorptionResultView,
  CreateAbsorption,
} from '@featurescope/contracts';
import { type AnalysisRow, type Db, findDictionaryRuns, listAnalyses, requestAnalysis } from '@featurescope/db';
import { notFound } from '../../../app-error.ts';
import type { Queue } from '../../../queue.ts';
import type { AbsorptionData } from '../../../run/absorption-data.ts';
import { featureNamer, toAnalysisState } from './analysis-view.ts';
import { readJsonData, requireAnalysis, requireIndexedRun, runInputs } from './run-analyses.ts';

const definitionVersion = 1;
const maxListed = 100;

/** Concepts whose own latents are silent on some of their tokens. */
export class AbsorptionService {
  private readonly options: { db: Db; queue: Queue };

  constructor(options: { db: Db; queue: Queue }) {
    this.options = options;
  }

  /** The analysis of this concept, begun if there is none. Throws not_found and conflict. */
  async create(runId: string, { concept }: CreateAbsorption): Promise<string> {
    const { db, queue } = this.options;
    const run = await requireIndexedRun(db, runId);
    const wanted = {
      kind: 'absorption' as const,
      runId,
      request: { concept: canonical(concept) },
      inputs: runInputs(run, definitionVersion),
    };
    return requestAnalysis(db, wanted, queue.enqueueAnalysis);
  }

  /** Newest first. Throws not_found. */
  async list(runId: string): Promise<Absorption[]> {
    const { db } = this.options;
    if (!(await findDictionaryRuns(db, [runId])).has(runId)) throw notFound('run', runId);
    return (await listAnalyses(db, { kind: 'absorption', runId, limit: maxListed })).map(toAbsorption);
  }

  /** Empty lists before it is done. Throws not_found. */
  async get(id: string): Promise<AbsorptionDetail> {
    const { db } = this.options;
    const row = await requireAnalysis(db, id, 'absorption');
    if (row.status !== 'succeeded') return { ...toAbsorption(row), main: [], absorbers: [], tokens: [] };
    const { main, absorbers, tokens } = await readJsonData<AbsorptionData>(db, row);
    const indices = [
      ...main.map(({ latent }) => latent),
      ...absorbers.map(({ index }) => index),
      ...tokens.map(({ strongest }) => strongest),
    ];
    const name = await featureNamer(db, row.runId, indices);
    return {
      ...toAbsorption(row),
      main: main.map(({ latent, ...point }) => ({ ...name(latent), ...point })),
      absorbers: absorbers.map(({ index, ...absorber }) => ({ ...name(index), ...absorber })),
      tokens: tokens.map((token) => ({ ...token, strongest: token.strongest < 0 ? null : name(token.strongest) })),
    };
  }
}

/** A letter's case, and the order and repetitions of a list, mean nothing. */
function canonical(concept: AbsorptionConcept): AbsorptionConcept {
  const { type } = concept;
  return type === 'tokens'
    ? { type, tokens: [...new Set(concept.tokens)].sort() }
    : { type, letter: concept.letter.toLowerCase() };
}

function toAbsorption(row: AnalysisRow): Absorption {
  return {
    ...toAnalysisState(row),
    runId: row.runId,
    concept: (row.request as unknown as CreateAbsorption).concept,
    result: row.result as AbsorptionResultView | null,
  };
}
