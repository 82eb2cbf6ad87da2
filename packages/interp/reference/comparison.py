"""Golden values for packages/interp/src/comparison, from scipy and scikit-learn.

    pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
    python packages/interp/reference/comparison.py > packages/interp/reference/comparison.golden.json
"""

import json

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, jaccard_score
from sklearn.metrics.pairwise import cosine_similarity

rng = np.random.default_rng(7)


def rounded(values, digits=3):
    return np.round(values, digits)


def matching():
    a = rounded(rng.normal(size=(14, 6)))
    # Half of B are rows of A, turned a little and scaled, in another order; the others are new.
    b = np.concatenate([a[[9, 2, 5, 0, 13]] * 2 + rng.normal(size=(5, 6)) * 0.3, rng.normal(size=(6, 6))])
    b = rounded(b)
    cosines = cosine_similarity(a, b)
    rows, columns = linear_sum_assignment(cosines, maximize=True)
    match = np.full(len(a), -1)
    match[rows] = columns
    return {
        "width": 6,
        "a": a.ravel().tolist(),
        "b": b.ravel().tolist(),
        "matchOfA": match.tolist(),
        "totalCosine": float(cosines[rows, columns].sum()),
        "nearestOfA": cosines.argmax(1).tolist(),
        "nearestCosineOfA": cosines.max(1).tolist(),
        "nearestOfB": cosines.argmax(0).tolist(),
        "nearestCosineOfB": cosines.max(0).tolist(),
    }


def dense_probe():
    labels = (np.arange(60) % 4 == 0).astype(int)
    rows = rounded(rng.normal(size=(60, 5)) + labels[:, None] * np.array([1, -0.5, 0, 0.3, 0]))
    fits = {}
    for name, options in {
        "balanced": {"C": 1.0, "class_weight": "balanced"},
        "weak": {"C": 10.0, "class_weight": None},
    }.items():
        model = LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000, **options)
        model.fit(rows, labels)
        fits[name] = {
            "weights": model.coef_[0].tolist(),
            "bias": float(model.intercept_[0]),
            "f1": float(f1_score(labels, model.predict(rows))),
        }
    return {"width": 5, "rows": rows.ravel().tolist(), "labels": labels.tolist(), **fits}


def sparse_probe():
    labels = (np.arange(90) % 3 == 0).astype(int)
    active = rng.random((90, 12)) < 0.3
    active[:, 4] = (rng.random(90) < 0.8) & (labels == 1)
    acts = rounded(np.where(active, rng.random((90, 12)) + 0.2, 0))
    l1 = 0.02
    # scikit-learn: ||w||_1 + C sum(weight * loss); ours: mean(weight * loss) + l1 ||w||_1.
    model = LogisticRegression(
        l1_ratio=1, solver="saga", C=1 / (len(labels) * l1), class_weight="balanced", tol=1e-10, max_iter=200000
    )
    model.fit(acts, labels)
    return {
        "nLatents": 12,
        "l1": l1,
        "acts": acts.ravel().tolist(),
        "labels": labels.tolist(),
        "weights": model.coef_[0].tolist(),
        "bias": float(model.intercept_[0]),
    }


def co_activation():
    fires = rng.random((120, 7)) < np.array([0.5, 0.4, 0.3, 0.3, 0.2, 0.9, 0.1])
    fires[:, 1] |= fires[:, 2]
    pairs = []
    for i in range(7):
        for j in range(i + 1, 7):
            both = fires[:, i] & fires[:, j]
            if both.sum() < 5:
                continue
            p_ij, p_i, p_j = both.mean(), fires[:, i].mean(), fires[:, j].mean()
            pairs.append(
                {
                    "first": i,
                    "second": j,
                    "nBoth": int(both.sum()),
                    "jaccard": float(jaccard_score(fires[:, i], fires[:, j])),
                    "npmi": float(np.log(p_ij / (p_i * p_j)) / -np.log(p_ij)),
                }
            )
    return {"nLatents": 7, "minBoth": 5, "fires": fires.astype(int).ravel().tolist(), "pairs": pairs}


print(
    json.dumps(
        {
            "matching": matching(),
            "denseProbe": dense_probe(),
            "sparseProbe": sparse_probe(),
            "coActivation": co_activation(),
        },
        separators=(",", ":"),
    )
)
