"""Loads directories that featurescope wrote with the installed SAELens and prints what SAELens computes from them.

    python round_trip.py FOLDER        # FOLDER/<case>/{cfg.json, sae_weights.safetensors, rows.json}

Run by saelens-round-trip.test.ts where FEATURESCOPE_SAELENS_PYTHON names a Python that has sae-lens.
"""

import json
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")

import torch
from safetensors.torch import load_file
from sae_lens import SAE


def flat(tensor):
    return tensor.detach().float().reshape(-1).tolist()


def measure(directory):
    sae = SAE.load_from_disk(directory)
    rows = torch.tensor(json.loads((directory / "rows.json").read_text())).reshape(-1, sae.cfg.d_in)
    if sae.cfg.reshape_activations == "hook_z":
        rows = rows.reshape(len(rows), 4, -1)
    acts = sae.encode(rows)
    sparsity = directory / "sparsity.safetensors"
    return {
        "architecture": sae.cfg.architecture(),
        "acts": flat(acts),
        "decoded": flat(sae.decode(acts)),
        "output": flat(sae(rows)),
        **({"sparsity": flat(load_file(sparsity)["sparsity"])} if sparsity.exists() else {}),
    }


folder = pathlib.Path(sys.argv[1])
print(json.dumps({path.name: measure(path) for path in sorted(folder.iterdir())}))
