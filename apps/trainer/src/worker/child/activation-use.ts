import type { StoredActivations } from '@featurescope/contracts';
import { updateRun } from '@featurescope/db';
import { activationSetOf } from '../../activations/run-activation-set.ts';
import type { ShardOrigin } from './shard-shelf.ts';
import { type StageContext, tell } from './stage-context.ts';

/** As the run's row keeps it: with the chunks that were counted, so that one read again after a resume is not counted twice. */
type CountedUse = StoredActivations & { countedChunks: number };

/** Counts what became of each of a run's shards when it was first needed, and keeps it with the run. */
export class ActivationUse {
  readonly #context: StageContext;
  #use: CountedUse;

  constructor(context: StageContext, nShards: number) {
    this.#context = context;
    const setId = activationSetOf(context.run).id;
    const nothing = { reused: 0, harvested: 0, harvestedAgain: 0, notKept: 0, countedChunks: 0 };
    this.#use = { ...nothing, ...(context.run.activationUse as CountedUse | null), setId, nShards };
  }

  /** Counts a chunk that was read. newShards: those of its shards that no chunk before it has. */
  count(chunk: number, newShards: number[], origins: ReadonlyMap<number, ShardOrigin>): void {
    const use = { ...this.#use };
    if (chunk < use.countedChunks) return;
    for (const shard of newShards) use[origins.get(shard) ?? 'reused']++;
    use.countedChunks = chunk + 1;
    this.#use = use;
    const { run, writer } = this.#context;
    writer.enqueue((transaction) => updateRun(transaction, run.id, { activationUse: use }));
    const { reused, harvested, harvestedAgain, notKept, nShards } = use;
    if (newShards.length > 0 && reused + harvested + harvestedAgain + notKept === nShards)
      tell(this.#context, 'info', `Activations: ${describe(use)}`);
  }
}

function describe({ reused, harvested, harvestedAgain, notKept }: StoredActivations): string {
  const parts = [`${harvested} shards harvested and stored`, `${reused} reused`];
  if (harvestedAgain > 0) parts.push(`${harvestedAgain} harvested again`);
  if (notKept > 0) parts.push(`${notKept} harvested and not kept`);
  return parts.join(', ');
}
