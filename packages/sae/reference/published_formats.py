"""Directories as Gemma Scope, sparsify and dictionary_learning publish them, with what their published formulas give.

    pip install numpy safetensors torch
    python published_formats.py > published-formats.golden.json

Nothing is computed by the libraries themselves: numpy in float64, from the papers and the projects' documented formulas.
"""

import base64
import json
import pathlib
import tempfile

import numpy as np
import torch
from safetensors.numpy import save_file as save_arrays

D_MODEL, N_LATENTS, N_ROWS, D_OUT, K = 16, 32, 6, 12, 5
random = np.random.default_rng(21)


def draw(*shape):
    return random.standard_normal(shape).astype(np.float32)


def relu(values):
    return np.maximum(values, 0)


def top_k(values, k):
    """The k largest of each row, ReLU applied; zero elsewhere."""
    acts = np.zeros_like(values)
    for row, kept in enumerate(np.argsort(-values, axis=1, kind="stable")[:, :k]):
        acts[row, kept] = relu(values[row, kept])
    return acts


def jump_relu(pre, threshold):
    return relu(pre) * (pre > threshold)


def weights(d_out=D_MODEL):
    return draw(D_MODEL, N_LATENTS) / 4, draw(N_LATENTS, d_out), draw(N_LATENTS), draw(d_out)


def case(location, write, rows, acts, decoded, output=None):
    with tempfile.TemporaryDirectory() as directory:
        write(pathlib.Path(directory))
        files = {path.name: base64.b64encode(path.read_bytes()).decode()
                 for path in sorted(pathlib.Path(directory).iterdir())}
    flat = lambda values: [float(f"{value:.8g}") for value in np.asarray(values, np.float64).reshape(-1)]
    whole = {} if output is None else {"output": flat(output)}
    return {"location": location, "files": files, "rows": flat(rows), "acts": flat(acts), "decoded": flat(decoded), **whole}


def gemma_scope(location, save, half=False, fortran=False):
    W_enc, W_dec, b_enc, b_dec = weights()
    threshold = np.abs(draw(N_LATENTS))
    if half:
        W_enc, W_dec = W_enc.astype(np.float16), W_dec.astype(np.float16)
    rows = draw(N_ROWS, D_MODEL)
    x, W_enc64, W_dec64 = rows.astype(np.float64), W_enc.astype(np.float64), W_dec.astype(np.float64)
    if "embedding" in location:
        x = x / np.sqrt(D_MODEL)
    acts = jump_relu(x @ W_enc64 + b_enc, threshold)
    decoded = (acts @ W_dec64 + b_dec) * (np.sqrt(D_MODEL) if "embedding" in location else 1)
    arrays = dict(W_enc=np.asfortranarray(W_enc) if fortran else W_enc, W_dec=W_dec, b_enc=b_enc, b_dec=b_dec,
                  threshold=threshold)
    return case(location, lambda folder: save(folder / "params.npz", **arrays), rows, acts, decoded)


def gemma_scope_2_skip_transcoder():
    W_enc, W_dec, b_enc, b_dec = weights(D_OUT)
    threshold, skip, rows = np.abs(draw(N_LATENTS)), draw(D_MODEL, D_OUT), draw(N_ROWS, D_MODEL)
    acts = jump_relu(rows.astype(np.float64) @ W_enc + b_enc, threshold)
    decoded = acts @ W_dec + b_dec
    arrays = dict(w_enc=W_enc, w_dec=W_dec, b_enc=b_enc, b_dec=b_dec, threshold=threshold, affine_skip_connection=skip)
    write = lambda folder: save_arrays(arrays, folder / "params.safetensors")
    return case("transcoder/layer_7_width_16k_affine", write, rows, acts, decoded, decoded + rows.astype(np.float64) @ skip)


def sparsify(location, **options):
    W_enc, W_dec, b_enc, b_dec = weights()
    rows = draw(N_ROWS, D_MODEL)
    acts = top_k((rows.astype(np.float64) - b_dec) @ W_enc + b_enc, K)
    cfg = dict(activation="topk", expansion_factor=N_LATENTS // D_MODEL, normalize_decoder=True, num_latents=0, k=K,
               multi_topk=False, skip_connection=False, transcode=False, d_in=D_MODEL) | options

    def write(folder):
        (folder / "cfg.json").write_text(json.dumps(cfg))
        save_arrays({"encoder.weight": np.ascontiguousarray(W_enc.T), "encoder.bias": b_enc, "W_dec": W_dec, "b_dec": b_dec},
                    folder / "sae.safetensors")

    return case(location, write, rows, acts, acts @ W_dec + b_dec)


def convert(name, converted):
    """The lines that the reader's refusal of a pickle tells people to run."""
    from safetensors.torch import save_file

    state = torch.load(name, map_location="cpu", weights_only=True)
    save_file({name: tensor.clone().contiguous() for name, tensor in state.items()}, converted)


def dictionary_learning(dict_class, state, encode, decode, layer=3, **trainer):
    config = {"trainer": {"dict_class": dict_class, "activation_dim": D_MODEL, "dict_size": N_LATENTS, "layer": layer,
                          "lm_name": "EleutherAI/pythia-70m-deduped", "submodule_name": None, **trainer},
              "buffer": {"ctx_len": 128}}
    rows = draw(N_ROWS, D_MODEL)
    acts = encode(rows.astype(np.float64))

    def write(folder):
        (folder / "config.json").write_text(json.dumps(config))
        torch.save({name: torch.as_tensor(value) for name, value in state.items()}, folder / "ae.pt")
        convert(folder / "ae.pt", folder / "ae.safetensors")
        (folder / "ae.pt").unlink()

    return case("trainer_0", write, rows, acts, decode(acts))


def dictionary_learning_cases():
    W_enc, W_dec, b_enc, b_dec = weights()
    norms = np.linalg.norm(W_dec.astype(np.float64), axis=1)
    linear = {"encoder.weight": W_enc.T.copy(), "decoder.weight": W_dec.T.copy()}
    parameters = {"W_enc": W_enc, "W_dec": W_dec, "b_enc": b_enc, "b_dec": b_dec}
    decode = lambda f: f @ W_dec + b_dec
    decode_scaled = lambda f: (f / norms) @ W_dec + b_dec
    centred = lambda x: (x - b_dec) @ W_enc
    r_mag, b_mag, theta = draw(N_LATENTS) * 0.4, draw(N_LATENTS), np.abs(draw(N_LATENTS))
    gated = lambda x: ((centred(x) + b_enc > 0) * relu(np.exp(r_mag) * centred(x) + b_mag)) * norms
    k, scalar = np.int32(K), np.float32(0.6)
    yield "AutoEncoder", dictionary_learning(
        "AutoEncoder", {**linear, "encoder.bias": b_enc, "bias": b_dec}, lambda x: relu(centred(x) + b_enc), decode)
    yield "AutoEncoderNew", dictionary_learning(
        "AutoEncoderNew", {**linear, "encoder.bias": b_enc, "decoder.bias": b_dec}, lambda x: relu(x @ W_enc + b_enc), decode)
    yield "GatedAutoEncoder", dictionary_learning(
        "GatedAutoEncoder", {**linear, "decoder_bias": b_dec, "r_mag": r_mag, "gate_bias": b_enc, "mag_bias": b_mag},
        gated, decode_scaled)
    yield "JumpReluAutoEncoder", dictionary_learning(
        "JumpReluAutoEncoder", {**parameters, "threshold": theta}, lambda x: jump_relu(x @ W_enc + b_enc, theta) * norms,
        decode_scaled)
    yield "AutoEncoderTopK", dictionary_learning(
        "AutoEncoderTopK", {**linear, "encoder.bias": b_enc, "b_dec": b_dec, "k": k, "threshold": scalar},
        lambda x: top_k(centred(x) + b_enc, K), decode, k=K)
    yield "BatchTopKSAE", dictionary_learning(
        "BatchTopKSAE", {**linear, "encoder.bias": b_enc, "b_dec": b_dec, "k": k, "threshold": scalar},
        lambda x: jump_relu(centred(x) + b_enc, scalar), decode, k=K)
    yield "MatryoshkaBatchTopKSAE", dictionary_learning(
        "MatryoshkaBatchTopKSAE",
        {**parameters, "k": k, "threshold": scalar, "group_sizes": np.array([8, 24], dtype=np.int64)},
        lambda x: jump_relu(centred(x) + b_enc, scalar), decode, k=K, group_sizes=[8, 24])


residual = "google/gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71"
cases = {
    "Gemma Scope": gemma_scope(residual, np.savez),
    "Gemma Scope, packed": gemma_scope("gemma-scope-9b-it-att/layer_3/width_16k/canonical", np.savez_compressed),
    "Gemma Scope, halves": gemma_scope("gemma-scope-2b-pt-mlp/layer_0/width_16k/canonical", np.savez, half=True),
    "Gemma Scope, Fortran order": gemma_scope("layer_1", np.savez, fortran=True),
    "Gemma Scope, embedding": gemma_scope("gemma-scope-2b-pt-res/embedding/width_4k/average_l0_21", np.savez),
    "Gemma Scope 2, skip transcoder": gemma_scope_2_skip_transcoder(),
    "sparsify": sparsify("sae-pythia-160m-32k/layers.5"),
    "sparsify, number of latents": sparsify("gpt_neox.layers.3.mlp", num_latents=N_LATENTS, expansion_factor=99),
    **{f"dictionary_learning, {name}": made for name, made in dictionary_learning_cases()},
}
print(json.dumps(cases))
