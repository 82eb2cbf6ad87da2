/** Points of a curve that halves its density whenever it has become too long, so that any number of steps fits a chart. */
export class History {
  private readonly capacity: number;
  private points: number[][] = [];
  private every = 1;
  private seen = 0;

  constructor(capacity = 240) {
    this.capacity = capacity;
  }

  /** values: [x, y…] */
  add(...values: number[]): void {
    if (this.seen++ % this.every !== 0) return;
    this.points.push(values);
    if (this.points.length < this.capacity) return;
    this.points = this.points.filter((_, i) => i % 2 === 0);
    this.every *= 2;
  }

  /** [x, y] of one of the curves, counted from 1. */
  curve(column: number): [number, number][] {
    return this.points.map((point) => [point[0], point[column]]);
  }
}
