"""A TopK dictionary of the bundled model's blocks.2.hook_resid_post, trained and saved by SAELens 6.54.12 in float16:
packages/sae/fixtures/sae-lens-topk, which tests import, index, browse and steer with.

    pip install sae-lens==6.54.12
    python tiny_topk.py
"""

import gzip
import json
import pathlib
import shutil

import torch
from sae_lens.saes.sae import TrainStepInput
from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

ROOT = pathlib.Path(__file__).resolve().parents[3]
MODEL = ROOT / "models" / "featurescope-tiny"
TARGET = ROOT / "packages" / "sae" / "fixtures" / "sae-lens-topk"
HOOK, LAYER = "blocks.2.hook_resid_post", 2
N_LATENTS, K, BATCH, STEPS, CONTEXT, N_CONTEXTS = 128, 8, 1024, 1500, 128, 1200

torch.manual_seed(0)
torch.set_num_threads(2)


def contexts():
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(MODEL / "tokenizer.json"))
    lines = gzip.open(MODEL / "dataset" / "part-00000.jsonl.gz", "rt", encoding="utf-8").readlines()
    found = []
    for line in lines:
        ids = tokenizer.encode(json.loads(line)["text"], add_special_tokens=False)
        found += [[0] + ids[at : at + CONTEXT - 1] for at in range(0, len(ids) - CONTEXT, CONTEXT - 1)]
    chosen = torch.randperm(len(found), generator=torch.Generator().manual_seed(1))[:N_CONTEXTS]
    return torch.tensor([found[i] for i in chosen])


@torch.no_grad()
def activations(tokens):
    model = LlamaForCausalLM.from_pretrained(MODEL, dtype=torch.float32).eval()
    rows = [model(batch, output_hidden_states=True).hidden_states[LAYER + 1][:, 1:] for batch in tokens.split(32)]
    return torch.cat(rows).reshape(-1, model.config.hidden_size)


rows = activations(contexts())
sae = TopKTrainingSAE(TopKTrainingSAEConfig(
    d_in=rows.shape[1], d_sae=N_LATENTS, k=K, dtype="float32", device="cpu", apply_b_dec_to_input=True,
    normalize_activations="none", rescale_acts_by_decoder_norm=True,
))
sae.cfg.metadata.model_name = "featurescope-tiny"
sae.cfg.metadata.hook_name = HOOK
sae.cfg.metadata.prepend_bos = True
sae.cfg.metadata.context_size = CONTEXT
with torch.no_grad():
    sae.b_dec.copy_(rows.mean(0))
optimizer = torch.optim.Adam(sae.parameters(), lr=2e-3)
silent = torch.zeros(N_LATENTS)
for step in range(STEPS):
    for group in optimizer.param_groups:
        group["lr"] = 2e-3 * min(1, 5 * (1 - step / STEPS))
    batch = rows[torch.randint(len(rows), (BATCH,))]
    output = sae.training_forward_pass(TrainStepInput(
        sae_in=batch, coefficients={}, dead_neuron_mask=silent > 20, n_training_steps=step, is_logging_step=False,
    ))
    optimizer.zero_grad()
    output.loss.backward()
    optimizer.step()
    acts = output.feature_acts.detach()
    acts = acts.to_dense() if acts.is_sparse else acts
    silent = torch.where((acts > 0).any(0), 0, silent + 1)
with torch.no_grad():
    acts = sae.encode(rows[:20000])
    acts = acts.to_dense() if acts.is_sparse else acts
    error = (sae.decode(acts) - rows[:20000]).pow(2).sum() / (rows[:20000] - rows.mean(0)).pow(2).sum()
print(f"FVU {error:.3f}, L0 {(acts > 0).sum(1).float().mean():.2f}, silent {(~(acts > 0).any(0)).sum()} of {N_LATENTS}")

shutil.rmtree(TARGET, ignore_errors=True)
sae.cfg.dtype = "float16"
sae.half().save_inference_model(str(TARGET))
for file in sorted(TARGET.iterdir()):
    print(file.name, file.stat().st_size)
