"""Golden values for packages/sae/src/matching.ts: the greatest total similarity by scipy.optimize.linear_sum_assignment.

Pinned: scipy 1.17.1, numpy 2.x. Run: python packages/sae/reference/linear_sum_assignment.py
Matrices are made by the same integer recurrence here and in the test, so that only sizes, totals and matchings are stored.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import linear_sum_assignment

assert scipy.__version__ == "1.17.1", scipy.__version__


def matrix(seed: int, rows: int, columns: int, levels: int) -> np.ndarray:
    """Values in [-1, 1): x <- (1103515245 x + 12345) mod 2^31, its upper bits cut to `levels` steps (few levels make ties)."""
    values = np.empty(rows * columns)
    x = seed
    for i in range(values.size):
        x = (1103515245 * x + 12345) % 2**31
        values[i] = (x >> 8) % levels / levels * 2 - 1
    return values.reshape(rows, columns)


cases = []
for seed, rows, columns, levels in [
    (1, 1, 1, 1000), (2, 8, 8, 1_000_003), (3, 40, 40, 1_000_003), (4, 30, 70, 1_000_003), (5, 70, 30, 1_000_003),
    (6, 60, 60, 5), (7, 25, 90, 3), (8, 120, 120, 1_000_003),
]:
    similarity = matrix(seed, rows, columns, levels)
    matched_rows, matched_columns = linear_sum_assignment(similarity, maximize=True)
    by_row = [-1] * rows
    for r, c in zip(matched_rows, matched_columns):
        by_row[r] = int(c)
    cases.append({
        "seed": seed, "rows": rows, "columns": columns, "levels": levels,
        "total": float(similarity[matched_rows, matched_columns].sum()),
        # With few levels several matchings are best: only the total is compared.
        "columnOf": by_row if levels > 1000 else None,
    })

path = Path(__file__).with_name("linear-sum-assignment.golden.json")
path.write_text(json.dumps({"scipy": scipy.__version__, "cases": cases}) + "\n")
