/** The one-to-one matching of rows and columns with the greatest total similarity: shortest augmenting paths with dual prices
 *  (Jonker and Volgenant 1987; for rectangular matrices Crouse 2016), O(n³) at worst and far less on most matrices.
 *
 *  similarity: [nRows, nColumns] row-major, any finite numbers, not mutated. Float64 inside.
 *  Returns the column of each row, −1 where a row is unmatched (only when nRows > nColumns). min(nRows, nColumns) pairs are made,
 *  whatever their similarity: a pair of negative similarity is matched too.
 *  Ties: some optimal matching, always the same one for the same input.
 *  Throws RangeError for sizes that do not fit, and for a NaN or infinite similarity (naming its row and column). */
export function hungarian(similarity: Float64Array | Float32Array, nRows: number, nColumns: number): Int32Array {
  check(similarity, nRows, nColumns);
  const byRow = new Int32Array(nRows).fill(-1);
  if (nRows === 0 || nColumns === 0) return byRow;
  if (nRows <= nColumns) return new Matching(similarity, nRows, nColumns).solve();
  const columns = new Matching(transposed(similarity, nRows, nColumns), nColumns, nRows).solve();
  for (let column = 0; column < nColumns; column++) byRow[columns[column]] = column;
  return byRow;
}

/** Prices v of columns, v ≤ 0 and exactly 0 on columns never taken; a row pays −similarity − v. Since a taken column is never left
 *  free again, every step below keeps a partial matching optimal for the rows that it holds, with fewer rows than columns too. */
class Matching {
  private readonly similarity: Float64Array | Float32Array;
  private readonly nRows: number;
  private readonly nColumns: number;
  private readonly columnOf: Int32Array;
  private readonly rowOf: Int32Array;
  private readonly price: Float64Array;
  private readonly distance: Float64Array;
  private readonly predecessor: Int32Array;
  private readonly open: Int32Array;

  constructor(similarity: Float64Array | Float32Array, nRows: number, nColumns: number) {
    this.similarity = similarity;
    this.nRows = nRows;
    this.nColumns = nColumns;
    this.columnOf = new Int32Array(nRows).fill(-1);
    this.rowOf = new Int32Array(nColumns).fill(-1);
    this.price = new Float64Array(nColumns);
    this.distance = new Float64Array(nColumns);
    this.predecessor = new Int32Array(nColumns);
    this.open = new Int32Array(nColumns);
  }

  solve(): Int32Array {
    let free = Int32Array.from({ length: this.nRows }, (_, row) => row);
    // Two passes, as in the original: most rows find their column here, for the price of a scan each.
    for (let pass = 0; pass < 2 && free.length > 0; pass++) free = this.reduceRows(free);
    for (const row of free) this.augment(row);
    return this.columnOf;
  }

  /** Augmenting row reduction: a row takes its cheapest column and lowers its price as far as the second cheapest allows; whoever
   *  held the column bids again at once. Bids are counted, because prices may sink by ever smaller amounts. */
  private reduceRows(rows: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
    const left: number[] = [];
    let bids = 4 * this.nRows;
    for (const first of rows) {
      let row = first;
      while (row !== -1) {
        const { best, second, step } = this.twoCheapest(row);
        let column = best;
        if (step > 0) this.price[best] -= step;
        else if (this.rowOf[best] !== -1 && second !== -1) column = second;
        const displaced = this.rowOf[column];
        this.rowOf[column] = row;
        this.columnOf[row] = column;
        row = -1;
        if (displaced === -1) continue;
        this.columnOf[displaced] = -1;
        if (step > 0 && bids-- > 0) row = displaced;
        else left.push(displaced);
      }
    }
    return Int32Array.from(left);
  }

  private twoCheapest(row: number): { best: number; second: number; step: number } {
    const { similarity, price, nColumns } = this;
    const start = row * nColumns;
    let best = -1;
    let second = -1;
    let lowest = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (let column = 0; column < nColumns; column++) {
      const cost = -similarity[start + column] - price[column];
      if (cost >= next) continue;
      if (cost < lowest) {
        next = lowest;
        second = best;
        lowest = cost;
        best = column;
      } else {
        next = cost;
        second = column;
      }
    }
    return { best, second, step: second === -1 ? 0 : next - lowest };
  }

  /** Dijkstra over columns from one free row to the nearest free column, then turns the path round and settles the prices. */
  private augment(freeRow: number): void {
    const { similarity, price, distance, predecessor, open, nColumns } = this;
    let row = freeRow;
    let reached = 0;
    let sink = -1;
    let nOpen = nColumns;
    distance.fill(Number.POSITIVE_INFINITY);
    for (let column = 0; column < nColumns; column++) open[column] = column;
    while (sink === -1) {
      const start = row * nColumns;
      const held = this.columnOf[row];
      // What the row pays now: the distance is measured from there. The free row begins at 0.
      const paid = held === -1 ? 0 : -similarity[start + held] - price[held];
      let lowest = Number.POSITIVE_INFINITY;
      let chosen = -1;
      for (let at = 0; at < nOpen; at++) {
        const column = open[at];
        const through = reached - similarity[start + column] - price[column] - paid;
        if (through < distance[column]) {
          distance[column] = through;
          predecessor[column] = row;
        }
        const cost = distance[column];
        // Among equals a free column ends the search sooner.
        if (cost < lowest || (cost === lowest && this.rowOf[column] === -1)) {
          lowest = cost;
          chosen = at;
        }
      }
      const column = open[chosen];
      reached = lowest;
      open[chosen] = open[--nOpen];
      open[nOpen] = column;
      if (this.rowOf[column] === -1) sink = column;
      else row = this.rowOf[column];
    }
    for (let at = nOpen; at < nColumns; at++) price[open[at]] += distance[open[at]] - reached;
    this.turn(freeRow, sink);
  }

  private turn(freeRow: number, sink: number): void {
    let column = sink;
    for (;;) {
      const row = this.predecessor[column];
      const before = this.columnOf[row];
      this.rowOf[column] = row;
      this.columnOf[row] = column;
      if (row === freeRow) return;
      column = before;
    }
  }
}

function check(similarity: Float64Array | Float32Array, nRows: number, nColumns: number): void {
  if (!Number.isInteger(nRows) || !Number.isInteger(nColumns) || nRows < 0 || nColumns < 0) {
    throw new RangeError(`A similarity matrix has whole numbers of rows and columns, not ${nRows} × ${nColumns}`);
  }
  if (similarity.length !== nRows * nColumns) {
    throw new RangeError(`A similarity matrix of ${nRows} × ${nColumns} has ${similarity.length} values`);
  }
  for (let i = 0; i < similarity.length; i++) {
    if (!Number.isFinite(similarity[i])) {
      const place = `row ${Math.floor(i / nColumns)}, column ${i % nColumns}`;
      throw new RangeError(`A similarity must be finite, but at ${place} it is ${similarity[i]}`);
    }
  }
}

function transposed(matrix: Float64Array | Float32Array, nRows: number, nColumns: number): Float64Array {
  const result = new Float64Array(matrix.length);
  for (let r = 0; r < nRows; r++) {
    for (let c = 0; c < nColumns; c++) result[c * nRows + r] = matrix[r * nColumns + c];
  }
  return result;
}
