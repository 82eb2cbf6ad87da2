"""A TopK dictionary saved by SAELens 6.54.12 as it saves for inference, with what SAELens computes from it.

    pip install sae-lens==6.54.12
    python saelens_directory.py > saelens-directory.golden.json
"""

import base64
import json
import pathlib
import tempfile

import torch
from sae_lens import SAE
from sae_lens.saes.topk_sae import TopKSAE, TopKSAEConfig

D_MODEL, N_LATENTS, N_ROWS = 6, 14, 5


def flat(tensor):
    return tensor.detach().double().reshape(-1).tolist()


def run(rescale):
    generator = torch.Generator().manual_seed(7)
    draw = lambda *shape: torch.randn(*shape, generator=generator)
    sae = TopKSAE(TopKSAEConfig(d_in=D_MODEL, d_sae=N_LATENTS, k=3, apply_b_dec_to_input=True, device="cpu",
                                rescale_acts_by_decoder_norm=rescale))
    with torch.no_grad():
        sae.W_enc.copy_(draw(D_MODEL, N_LATENTS))
        sae.W_dec.copy_(draw(N_LATENTS, D_MODEL))
        sae.b_enc.copy_(draw(N_LATENTS))
        sae.b_dec.copy_(draw(D_MODEL))
    with tempfile.TemporaryDirectory() as directory:
        sae.save_model(directory)
        loaded = SAE.load_from_disk(directory)
        files = {path.name: path.read_bytes() for path in pathlib.Path(directory).iterdir()}
    rows = draw(N_ROWS, D_MODEL)
    acts = loaded.encode(rows)
    acts = acts.to_dense() if acts.is_sparse else acts
    return {
        "cfg": files["cfg.json"].decode(),
        "weightsBase64": base64.b64encode(files["sae_weights.safetensors"]).decode(),
        "rows": flat(rows),
        "acts": flat(acts),
        "reconstruction": flat(loaded.decode(acts)),
    }


print(json.dumps({"plain": run(False), "rescaled": run(True)}))
