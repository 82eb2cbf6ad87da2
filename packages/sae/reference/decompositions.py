"""Golden values of classical decompositions from scikit-learn 1.9.1 and scipy 1.17.1, for the TypeScript ones.

    pip install scikit-learn==1.9.1 scipy==1.17.1
    python decompositions.py > decompositions.golden.json
"""

import json
import warnings

import numpy as np
from scipy.optimize import nnls
from scipy.stats import ttest_ind
from sklearn.decomposition import NMF, PCA, FastICA
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")
rng = np.random.default_rng(0)


def stored(array, digits=6):
    """Rounded first, so that both sides compute on what the file holds."""
    return np.round(np.asarray(array, dtype=np.float64), digits)


def listed(array):
    return [float(f"{value:.9g}") for value in np.asarray(array).ravel()]


# Rows far from the origin: a covariance without a shift would lose digits.
pca_rows = stored(rng.normal(size=(60, 6)) @ rng.normal(size=(6, 6)) + 40)
pca = PCA(n_components=6, svd_solver="full").fit(pca_rows)
signs = np.sign(pca.components_[np.arange(6), np.argmax(np.abs(pca.components_), axis=1)])

sources = rng.laplace(size=(300, 4))
ica_rows = stored(sources @ rng.normal(size=(4, 5)) + rng.normal(size=5), 4)
ica_start = stored(rng.normal(size=(4, 4)), 4)
ica = FastICA(n_components=4, algorithm="parallel", fun="logcosh", whiten="unit-variance", whiten_solver="eigh",
              w_init=ica_start, tol=1e-7, max_iter=1000).fit(ica_rows)

nmf_rows = stored(np.abs(rng.normal(size=(20, 3))) @ np.abs(rng.normal(size=(3, 8))) + 0.1 * rng.random((20, 8)))
codes, components = stored(rng.random((20, 3)) + 0.1), stored(rng.random((3, 8)) + 0.1)
nmf = NMF(n_components=3, solver="mu", beta_loss="frobenius", init="custom", tol=0, max_iter=40)
nmf_codes = nmf.fit_transform(nmf_rows, W=codes.copy(), H=components.copy())

nnls_components = stored(np.abs(rng.normal(size=(5, 7))))
nnls_rows = stored(rng.normal(size=(9, 7)) + 0.3)
nnls_codes = [nnls(nnls_components.T, row)[0] for row in nnls_rows]
# Signs split: the same least squares on [x+, x-].
split_components = stored(np.abs(rng.normal(size=(5, 14))))
split_rows = np.concatenate([np.maximum(nnls_rows, 0), np.maximum(-nnls_rows, 0)], axis=1)
split_codes = [nnls(split_components.T, row)[0] for row in split_rows]

logistic_rows = stored(rng.normal(size=(24, 5)) * [1, 2, 3, 1, 1] + 2)
labels = (logistic_rows @ [1, -0.5, 0.3, 0, 0] + rng.normal(size=24) > 2).astype(int)
logistic = {
    str(C): LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(logistic_rows, labels) for C in (0.05, 1.0, 50.0)
}

samples = [
    ([0.4, 0.5, 0.61, 0.3, 0.45], [0.9, 0.85, 1.0, 0.95]),
    ([0.5, 0.52, 0.47], [0.51, 0.49, 0.5, 0.6, 0.2, 0.9]),
    ([1.0, 1.0, 1.0, 0.98], list(stored(rng.normal(size=30)))),
]


def welch(a, b):
    result = ttest_ind(a, b, equal_var=False)
    return {"a": listed(a), "b": listed(b), "t": float(result.statistic), "degreesOfFreedom": float(result.df),
            "pValue": float(result.pvalue)}


print(json.dumps({
    "pca": {"rows": listed(pca_rows), "mean": listed(pca.mean_),
            "components": listed(pca.components_ * signs[:, None]), "variances": listed(pca.explained_variance_)},
    "ica": {"rows": listed(ica_rows), "mixing": listed(ica.mixing_.T)},
    "nmf": {"rows": listed(nmf_rows), "codes": listed(codes), "components": listed(components),
            "iterations": 40, "fittedCodes": listed(nmf_codes), "fittedComponents": listed(nmf.components_),
            "error": float(nmf.reconstruction_err_)},
    "nnls": {"components": listed(nnls_components), "rows": listed(nnls_rows), "codes": listed(nnls_codes),
             "splitComponents": listed(split_components), "splitCodes": listed(split_codes)},
    "logistic": {"rows": listed(logistic_rows), "labels": labels.tolist(),
                 "fits": {C: {"normal": listed(fit.coef_), "offset": float(fit.intercept_[0])}
                          for C, fit in logistic.items()}},
    "welch": [welch(a, b) for a, b in samples],
}))
