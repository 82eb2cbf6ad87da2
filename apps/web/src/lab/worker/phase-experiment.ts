import { type PhaseOutcome, trainPhaseCell } from '@featurescope/sae/toy';
import type { Experiment } from './experiment.ts';
import { densityOf, importanceOf, PHASE_COLUMNS, PHASE_ROWS } from './phase-grid.ts';

export interface PhaseSettings {
  output: 'linear' | 'relu';
  seed: number;
}

export interface PhaseSnapshot {
  nColumns: number;
  nRows: number;
  /** Row by row from the top: the second feature most important first; null where not yet computed. */
  cells: (PhaseOutcome | null)[];
  nDone: number;
}

/** Coarse cells first: the shape shows at once and sharpens. */
const order = Array.from({ length: PHASE_COLUMNS * PHASE_ROWS }, (_, i) => i).sort(
  (a, b) => rank(a) - rank(b) || a - b,
);

function rank(cell: number): number {
  const [column, row] = [cell % PHASE_COLUMNS, Math.floor(cell / PHASE_COLUMNS)];
  return [8, 4, 2].findIndex((step) => column % step === 0 && row % step === 0) + 1 || 4;
}

export class PhaseExperiment implements Experiment<PhaseSnapshot> {
  private readonly settings: PhaseSettings;
  private readonly cells: (PhaseOutcome | null)[] = new Array(order.length).fill(null);
  private nDone = 0;

  constructor(settings: PhaseSettings) {
    this.settings = settings;
  }

  get isDone(): boolean {
    return this.nDone === order.length;
  }

  advance(): void {
    const cell = order[this.nDone++];
    this.cells[cell] = trainPhaseCell({
      density: densityOf(cell % PHASE_COLUMNS),
      importance: importanceOf(Math.floor(cell / PHASE_COLUMNS)),
      ...this.settings,
    });
  }

  snapshot(): PhaseSnapshot {
    return { nColumns: PHASE_COLUMNS, nRows: PHASE_ROWS, cells: this.cells.slice(), nDone: this.nDone };
  }
}
