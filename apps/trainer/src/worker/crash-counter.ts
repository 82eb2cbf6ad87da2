/** Deaths in a row at one place after which another attempt is given up. */
const maxCrashes = 5;
/** Deaths in a row at one place after which a run is trained in a process of its own: where memory does not suffice for several
 *  dictionaries it may for one, and whoever brings the process down takes no others along. */
const maxCrashesTogether = 2;

/** Counts how often a run's process died without getting any further, so that a run that kills its process does not do so
 *  for ever. Held in memory: a worker that is restarted gives it another chance. */
export class CrashCounter {
  private readonly crashes = new Map<string, { place: string; count: number }>();

  /** Notes a death at `place`, the run's stage and step; true when it is one too many. */
  isHopeless(runId: string, place: string): boolean {
    const known = this.crashes.get(runId);
    const count = known?.place === place ? known.count + 1 : 1;
    this.crashes.set(runId, { place, count });
    return count >= maxCrashes;
  }

  mustBeAlone(runId: string): boolean {
    return (this.crashes.get(runId)?.count ?? 0) >= maxCrashesTogether;
  }

  clear(runId: string): void {
    this.crashes.delete(runId);
  }
}
