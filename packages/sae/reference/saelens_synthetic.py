"""Golden values for packages/sae/src/ground-truth: recovery scores and orthogonalised directions as SAELens 6.54.12 computes them.

Pinned: sae-lens 6.54.12, torch 2.15, scipy 1.17.1.
Run: python packages/sae/reference/saelens_synthetic.py > packages/sae/reference/saelens-synthetic.golden.json
"""

import importlib.metadata
import json
import sys

import torch
from sae_lens.synthetic.evals import (
    compute_classification_metrics,
    feature_uniqueness,
    mean_correlation_coefficient,
)
from sae_lens.synthetic.feature_dictionary import orthogonalize_embeddings
from scipy.stats import norm

assert importlib.metadata.version("sae-lens") == "6.54.12"
torch.manual_seed(3)


def rounded(tensor: torch.Tensor, digits: int) -> torch.Tensor:
    """So that both sides begin with the same short numbers."""
    return (tensor * 10**digits).round() / 10**digits


cases = []
for n_truths, n_latents, d, n_samples in [(6, 9, 4, 24), (7, 5, 3, 20)]:
    truths = rounded(torch.nn.functional.normalize(torch.randn(n_truths, d), dim=1), 3)
    decoder = rounded(torch.randn(n_latents, d), 2)
    decoder[1] = -truths[2]  # an absolute cosine is not a signed one
    decoder[3] = 0  # a zero row
    truth_acts = rounded(torch.rand(n_samples, n_truths) * (torch.rand(n_samples, n_truths) < 0.3), 2)
    latent_acts = rounded(torch.rand(n_samples, n_latents) * (torch.rand(n_samples, n_latents) < 0.3), 2)
    latent_acts[:, 4] = 0  # a dead latent
    scores = compute_classification_metrics(latent_acts, truth_acts, decoder, truths)
    cases.append({
        "dModel": d, "truths": truths.flatten().tolist(), "decoder": decoder.flatten().tolist(),
        "truthActs": truth_acts.tolist(), "latentActs": latent_acts.tolist(),
        "mcc": mean_correlation_coefficient(decoder, truths),
        "uniqueness": feature_uniqueness(decoder, truths),
        "precision": scores.precision, "recall": scores.recall, "f1": scores.f1_score,
    })

start = rounded(torch.nn.functional.normalize(torch.randn(12, 5), dim=1), 3)
start = start / start.norm(dim=1, keepdim=True)
json.dump({
    "scores": cases,
    "orthogonalised": {"dModel": 5, "start": start.flatten().tolist(),
                       "result": orthogonalize_embeddings(start).flatten().tolist()},
    "normalQuantiles": [[p, float(norm.ppf(p))] for p in [1e-6, 0.001, 0.02, 0.3, 0.5, 0.8, 0.98, 0.9999]],
}, sys.stdout)
print()
