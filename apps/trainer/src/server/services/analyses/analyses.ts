import { type Db, deleteAnalysis } from '@featurescope/db';
import { notFound } from '../../../app-error.ts';
import type { Queue } from '../../../queue.ts';
import type { InferenceClient } from '../inference-client.ts';
import { AbsorptionService } from './absorptions.ts';
import { ComparisonService } from './comparisons.ts';
import { LadderService } from './ladders.ts';
import { NeuronService } from './neurons.ts';
import { RunHealthService } from './run-health.ts';

/** What is computed about finished dictionaries. */
export class AnalysisService {
  readonly comparisons: ComparisonService;
  readonly ladders: LadderService;
  readonly health: RunHealthService;
  readonly absorptions: AbsorptionService;
  readonly neurons: NeuronService;
  private readonly db: Db;

  constructor({ db, queue, inference }: { db: Db; queue: Queue; inference: InferenceClient }) {
    this.db = db;
    this.comparisons = new ComparisonService({ db, queue });
    this.ladders = new LadderService({ db, comparisons: this.comparisons });
    this.health = new RunHealthService({ db, queue });
    this.absorptions = new AbsorptionService({ db, queue });
    this.neurons = new NeuronService({ db, inference });
  }

  /** Throws not_found. */
  async delete(id: string): Promise<void> {
    if (!(await deleteAnalysis(this.db, id))) throw notFound('analysis', id);
  }
}
