import {
  abandonedCheck,
  type Db,
  failAbandonedFeatureChecks,
  failCausalCheck,
  unfinishedRankings,
} from '@featurescope/db';
import type { Queue } from '../queue.ts';

/** Ends causal checks that nobody works on any more: those of one feature that no process holds, and rankings whose job is gone from
 *  the queue. A ranking and its job are inserted together, so one without has lost it. Returns their ids. */
export async function failAbandonedChecks(db: Db, queue: Pick<Queue, 'hasRanking'>): Promise<string[]> {
  const failed = await failAbandonedFeatureChecks(db);
  for (const id of await unfinishedRankings(db)) {
    if (await queue.hasRanking(id)) continue;
    await failCausalCheck(db, { id }, abandonedCheck);
    failed.push(id);
  }
  return failed;
}
