import type { Ladder, LadderNode, LadderQuery } from '@featurescope/contracts';
import { type AnalysisRow, type Db, findDictionaryRuns, listAnalyses, readFeatureNames } from '@featurescope/db';
import { AppError, notFound } from '../../../app-error.ts';
import { toAnalysisState, unnamed } from './analysis-view.ts';
import { type ComparisonService, type OpenedComparison, toSide } from './comparisons.ts';
import { placeOf } from './dictionary-place.ts';

/** Parts shown below one feature. */
const maxChildren = 40;
const maxListed = 500;

/** Dictionaries of several sizes, each compared with the next: which features go into which. It has no row of its own: it is read from
 *  the comparisons. */
export class LadderService {
  private readonly options: { db: Db; comparisons: ComparisonService };

  constructor(options: { db: Db; comparisons: ComparisonService }) {
    this.options = options;
  }

  /** Asks for the comparisons that are missing. Throws unprocessable unless the runs go from small to large. */
  async create(runIds: string[]): Promise<void> {
    const runs = await this.requireLadder(runIds);
    for (let i = 0; i + 1 < runs.length; i++)
      await this.options.comparisons.create({ a: { runId: runs[i].id }, b: { runId: runs[i + 1].id } });
  }

  async get(query: LadderQuery): Promise<Ladder> {
    const runs = await this.requireLadder(query.runs.split(',').map((id) => id.trim()));
    const rows: (AnalysisRow | null)[] = [];
    for (let i = 0; i + 1 < runs.length; i++) rows.push(await this.comparisonOf(runs[i].id, runs[i + 1].id));
    const common = { sides: runs.map((run) => toSide(run)), steps: rows.map((row) => row && toAnalysisState(row)) };
    const opened: OpenedComparison[] = [];
    for (const row of rows) {
      if (row?.status !== 'succeeded') return { ...common, counts: null, total: 0, roots: [] };
      opened.push(await this.options.comparisons.open(row, query.threshold));
    }
    const tree = new LadderTree(opened, query.threshold);
    const roots = tree.roots(query.onlySplit === 'true');
    const page = roots.slice(query.offset, query.offset + query.limit).map((index) => tree.node(index));
    await this.name(
      page,
      runs.map(({ id }) => id),
    );
    return { ...common, counts: opened.map((_, step) => tree.counts(step)), total: roots.length, roots: page };
  }

  /** Throws not_found for runs that do not exist. */
  private async requireLadder(ids: string[]) {
    const runIds = ids.map((id) => id.toLowerCase());
    if (runIds.length < 2 || new Set(runIds).size < runIds.length)
      throw new AppError('unprocessable', 'A ladder needs two or more different runs.', { field: 'runs' });
    const valid = runIds.filter((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id));
    const found = await findDictionaryRuns(this.options.db, valid);
    const runs = runIds.map((id) => {
      const run = found.get(id);
      if (!run) throw notFound('run', id);
      return run;
    });
    const at = runs.findIndex((run, i) => i > 0 && run.nLatents < runs[i - 1].nLatents);
    if (at > 0)
      throw new AppError(
        'unprocessable',
        `A ladder goes from small to large; ${runs[at].name} (${runs[at].nLatents}) comes after ${runs[at - 1].name} (${runs[at - 1].nLatents}).`,
        { field: 'runs' },
      );
    const elsewhere = runs.find((run) => placeOf(run).place !== placeOf(runs[0]).place);
    if (elsewhere)
      throw new AppError(
        'unprocessable',
        `A ladder is of the same activations throughout; those of ${elsewhere.name} are others than those of ${runs[0].name}.`,
        { field: 'runs' },
      );
    return runs;
  }

  private async comparisonOf(runId: string, otherRunId: string): Promise<AnalysisRow | null> {
    const rows = await listAnalyses(this.options.db, { kind: 'comparison', runId, limit: maxListed });
    const isFinished = ({ request }: AnalysisRow) => {
      const { a, b } = request as { a: { step?: number }; b: { step?: number } };
      return a.step === undefined && b.step === undefined;
    };
    return rows.find((row) => row.runId === runId && row.otherRunId === otherRunId && isFinished(row)) ?? null;
  }

  /** Fills in labels and densities, one query a size. */
  private async name(roots: LadderNode[], runIds: string[]): Promise<void> {
    let level = roots;
    for (const runId of runIds) {
      const names = await readFeatureNames(this.options.db, runId, [...new Set(level.map(({ index }) => index))]);
      for (const node of level) Object.assign(node, names.get(node.index) ?? unnamed);
      level = level.flatMap(({ children }) => children);
    }
  }
}

/** Links of every size's features to the nearest of the size below, above the threshold; dead features have none. */
class LadderTree {
  /** For each step, the children of each feature of the smaller size, nearest first. */
  private readonly children: Map<number, number[]>[];
  private readonly steps: OpenedComparison[];
  private readonly threshold: number;

  constructor(steps: OpenedComparison[], threshold: number) {
    this.steps = steps;
    this.threshold = threshold;
    this.children = steps.map((step) => this.childrenOf(step));
  }

  /** Features of the smallest size by falling number of descendants. */
  roots(onlySplit: boolean): number[] {
    const { a } = this.steps[0];
    const listed = Array.from(a.fates.keys()).filter((index) => a.alive?.[index] !== 0);
    const sizes = new Map(listed.map((index) => [index, this.descendants(index, 0)]));
    return listed
      .filter((index) => !onlySplit || this.splits(index, 0))
      .sort((x, y) => (sizes.get(y) ?? 0) - (sizes.get(x) ?? 0) || x - y);
  }

  node(index: number, level = 0, cosine: number | null = null): LadderNode {
    const cosines = this.steps[level]?.match.nearestCosineOfB;
    const children = (this.children[level]?.get(index) ?? []).slice(0, maxChildren);
    return {
      ...{ index, cosine, ...unnamed },
      children: children.map((child) => this.node(child, level + 1, cosines[child])),
    };
  }

  counts(step: number): { nSplit: number; nFromBelow: number; nNew: number } {
    const { b } = this.steps[step];
    const parents = [...this.children[step].values()];
    const nFromBelow = parents.reduce((sum, list) => sum + list.length, 0);
    const nAlive = b.alive ? b.alive.reduce((sum, alive) => sum + alive, 0) : b.fates.length;
    return { nSplit: parents.filter((list) => list.length > 1).length, nFromBelow, nNew: nAlive - nFromBelow };
  }

  private childrenOf({ match, a, b }: OpenedComparison): Map<number, number[]> {
    const children = new Map<number, number[]>();
    match.nearestOfB.forEach((parent, child) => {
      if (parent < 0 || !(match.nearestCosineOfB[child] > this.threshold)) return;
      if (b.alive?.[child] === 0 || a.alive?.[parent] === 0) return;
      children.set(parent, [...(children.get(parent) ?? []), child]);
    });
    for (const list of children.values())
      list.sort((x, y) => match.nearestCosineOfB[y] - match.nearestCosineOfB[x] || x - y);
    return children;
  }

  private descendants(index: number, level: number): number {
    const own = this.children[level]?.get(index) ?? [];
    return own.reduce((sum, child) => sum + 1 + this.descendants(child, level + 1), 0);
  }

  /** Whether it, or something it went into, goes into two or more. */
  private splits(index: number, level: number): boolean {
    const own = this.children[level]?.get(index) ?? [];
    return own.length > 1 || own.some((child) => this.splits(child, level + 1));
  }
}
