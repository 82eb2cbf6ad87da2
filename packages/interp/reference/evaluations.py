"""What SAELens' evals and SAEBench's core evaluation say of small dictionaries on a small model, as golden values.

The libraries' own functions run: sae_lens.evals.get_sparsity_and_variance_metrics, get_downstream_reconstruction_metrics, and
SAEBench's functions of the same names with calculate_max_cosine_sim. Only what feeds them is made here: the model of
packages/lm/fixtures/gqa-tied through SAELens' HookedProxyLM, texts, and weights by a formula that the test repeats.

    pip install sae-lens==6.54.12 tabulate seaborn && pip install --no-deps sae-bench==0.6.0
    python evaluations.py > evaluations.golden.json
"""

import json
import pathlib
import types
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import torch
from sae_lens import evals as saelens
from sae_lens import GatedSAE, GatedSAEConfig, JumpReLUSAE, JumpReLUSAEConfig
from sae_lens import StandardSAE, StandardSAEConfig, TopKSAE, TopKSAEConfig
from sae_lens.load_model import HookedProxyLM
from sae_lens.training.activation_scaler import ActivationScaler
from transformers import AutoModelForCausalLM

from sae_bench.evals.core import main as saebench

D_MODEL, N_LATENTS, K, N_TEXTS, LENGTH, BOS, VOCAB = 48, 40, 6, 12, 24, 0, 288
HOOK = "model.layers.0"
model_directory = pathlib.Path(__file__).parents[2] / "lm/fixtures/gqa-tied"


def noise(seed, count):
    """Uniform on [-.5, .5): the same integers in every language."""
    i = np.arange(count, dtype=np.uint64)
    mixed = (i * np.uint64(2654435761) + np.uint64(seed) * np.uint64(40503)) & np.uint64(0xFFFFFFFF)
    mixed ^= mixed >> np.uint64(15)
    mixed = (mixed * np.uint64(2246822519)) & np.uint64(0xFFFFFFFF)
    mixed ^= mixed >> np.uint64(13)
    return mixed.astype(np.float64) / 2**32 - 0.5


def tensor(seed, *shape, scale=1.0):
    return torch.tensor((noise(seed, int(np.prod(shape))) * scale).astype(np.float32).reshape(shape))


def dictionary(architecture):
    shared = dict(d_in=D_MODEL, d_sae=N_LATENTS, apply_b_dec_to_input=True, dtype="float32", device="cpu")
    w_dec = tensor(1, N_LATENTS, D_MODEL)
    weights = dict(W_dec=w_dec, W_enc=(w_dec.T / 3).contiguous(), b_dec=tensor(2, D_MODEL, scale=0.2))
    b_enc = tensor(3, N_LATENTS, scale=0.2)
    if architecture == "standard":
        sae, own = StandardSAE(StandardSAEConfig(**shared)), dict(b_enc=b_enc)
    elif architecture == "topk":
        sae, own = TopKSAE(TopKSAEConfig(**shared, k=K, rescale_acts_by_decoder_norm=False)), dict(b_enc=b_enc)
    elif architecture == "jumprelu":
        sae, own = JumpReLUSAE(JumpReLUSAEConfig(**shared)), dict(b_enc=b_enc, threshold=0.2 + tensor(4, N_LATENTS, scale=0.2))
    else:
        sae = GatedSAE(GatedSAEConfig(**shared))
        own = dict(b_gate=b_enc, b_mag=tensor(5, N_LATENTS, scale=0.2), r_mag=tensor(6, N_LATENTS, scale=0.4))
    sae.load_state_dict({**weights, **own})
    sae.cfg.metadata.hook_name = HOOK
    return sae


class Texts:
    """Stands where an ActivationsStore stands: one batch of tokens."""

    def __init__(self, tokens):
        self.tokens = tokens

    def get_batch_tokens(self, _):
        return self.tokens


def bench_view(sae):
    """The dictionary with the attributes that SAEBench reads."""
    cfg = types.SimpleNamespace(hook_name=HOOK, hook_layer=0, hook_head_index=None, d_sae=N_LATENTS)
    return types.SimpleNamespace(cfg=cfg, device="cpu", encode=sae.encode, decode=sae.decode)


def tokens():
    drawn = ((noise(7, N_TEXTS * LENGTH) + 0.5) * (VOCAB - 1)).astype(np.int64).reshape(N_TEXTS, LENGTH) + 1
    drawn[:, 0] = BOS
    return torch.tensor(drawn)


@torch.no_grad()
def measure(architecture, model, texts):
    sae = dictionary(architecture)
    bench = bench_view(sae)
    every = dict(compute_l2_norms=True, compute_sparsity_metrics=True, compute_variance_metrics=True,
                 compute_featurewise_density_statistics=True, n_batches=1, eval_batch_size_prompts=N_TEXTS, model_kwargs={})
    spliced = dict(compute_kl=True, compute_ce_loss=True, n_batches=1, eval_batch_size_prompts=N_TEXTS)
    scaler = ActivationScaler()
    rows, features = saelens.get_sparsity_and_variance_metrics(sae, model, texts, scaler, ignore_tokens=[BOS], **every)
    bench_rows, _ = saebench.get_sparsity_and_variance_metrics(bench, model, texts, ignore_tokens={BOS}, **every)
    effect = lambda ignored: saelens.get_downstream_reconstruction_metrics(
        sae, model, texts, scaler, ignore_tokens=ignored, **spliced)
    bench_effect = lambda ignored, left: saebench.get_downstream_reconstruction_metrics(
        bench, model, texts, ignore_tokens=ignored, exclude_special_tokens_from_reconstruction=left, **spliced)
    return {
        "saelens": {
            "rows": rows,
            "featureDensity": features["feature_density"],
            "specialLeftOut": effect([BOS]),
            "everyPosition": effect(None),
        },
        "saebench": {
            "rows": bench_rows,
            "specialLeftOut": bench_effect({BOS}, True),
            "specialSplicedNotCounted": bench_effect({BOS}, False),
            "everyPosition": bench_effect(set(), False),
        },
    }


def decoder_cosines():
    """SAEBench takes the largest signed cosine; beside the negatives of all rows that is the largest absolute one."""
    rows = tensor(1, N_LATENTS, D_MODEL).T
    return {
        "signed": saebench.calculate_max_cosine_sim(rows).tolist(),
        "absolute": saebench.calculate_max_cosine_sim(torch.cat([rows, -rows], dim=1))[:N_LATENTS].tolist(),
    }


def main():
    torch.set_num_threads(1)
    hugging_face = AutoModelForCausalLM.from_pretrained(model_directory, torch_dtype=torch.float32)
    model = HookedProxyLM(hugging_face, None)
    texts = Texts(tokens())
    cases = {name: measure(name, model, texts) for name in ["standard", "topk", "jumprelu", "gated"]}
    print(json.dumps({"cases": cases, "decoderCosines": decoder_cosines()}, indent=1))


main()
