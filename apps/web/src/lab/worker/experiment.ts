/** Something that is trained in the worker, in slices. */
export interface Experiment<Snapshot> {
  readonly isDone: boolean;
  /** Units of work a second at most: what would be over in a blink is slowed down to what an eye can follow. No limit where absent. */
  readonly pace?: number;
  /** One unit of work, some milliseconds at most. */
  advance(): void;
  /** What there is to see now; made at most once per frame. Its buffers are copies. */
  snapshot(): Snapshot;
  dispose?(): void;
}
