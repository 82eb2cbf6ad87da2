/** Something that is trained in the worker, in slices. */
export interface Experiment<Snapshot> {
  readonly isDone: boolean;
  /** One unit of work, some milliseconds at most. */
  advance(): void;
  /** What there is to see now; made at most once per frame. Its buffers are copies. */
  snapshot(): Snapshot;
  dispose?(): void;
}
