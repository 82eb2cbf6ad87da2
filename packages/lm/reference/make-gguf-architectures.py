"""Makes a GGUF file of a small random model of each architecture that is not llama's, from the fixtures of
make-golden.py, with the names of the package `gguf` and the changes that llama.cpp's converters make to the weights.

Usage: python make-gguf-architectures.py [directory, default ../fixtures]
Made with gguf 0.19.0, numpy 2.4.6.
"""

import importlib
import json
import pathlib
import sys

import gguf
import numpy as np

common = importlib.import_module("make-gguf")

ARCHITECTURES = {
    "gpt2": gguf.MODEL_ARCH.GPT2,
    "gpt-neox": gguf.MODEL_ARCH.GPTNEOX,
    "phi3-longrope": gguf.MODEL_ARCH.PHI3,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
    "gemma2": gguf.MODEL_ARCH.GEMMA2,
}


def stored(name: str, weight: np.ndarray, architecture: gguf.MODEL_ARCH, heads: int) -> np.ndarray:
    """A weight as llama.cpp's converter for the architecture writes it."""
    if architecture == gguf.MODEL_ARCH.GPT2 and name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
        return weight.T
    if architecture == gguf.MODEL_ARCH.GPTNEOX and "query_key_value" in name:
        per_head = weight.reshape(heads, 3, weight.shape[0] // heads // 3, *weight.shape[1:])
        return np.concatenate([per_head[:, part].reshape(-1, *weight.shape[1:]) for part in range(3)])
    if architecture == gguf.MODEL_ARCH.GEMMA2 and name.endswith("norm.weight"):
        return weight + np.float32(1)
    return weight


def write_metadata(writer: gguf.GGUFWriter, config: dict) -> None:
    heads = config.get("n_head") or config["num_attention_heads"]
    width = config.get("n_embd") or config["hidden_size"]
    writer.add_block_count(config.get("n_layer") or config["num_hidden_layers"])
    writer.add_context_length(config.get("n_positions") or config["max_position_embeddings"])
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(config.get("intermediate_size") or 4 * width)
    writer.add_head_count(heads)
    rope = config.get("rope_parameters")
    if config["model_type"] not in ("gpt2", "gpt_neox"):
        writer.add_head_count_kv(config["num_key_value_heads"])
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        writer.add_rope_freq_base(rope["rope_theta"])
    if config["model_type"] in ("qwen3", "gemma2"):
        writer.add_key_length(config["head_dim"])
        writer.add_value_length(config["head_dim"])
    if config["model_type"] == "gpt2":
        writer.add_layer_norm_eps(config["layer_norm_epsilon"])
    if config["model_type"] == "gpt_neox":
        writer.add_rope_dimension_count(int(rope["partial_rotary_factor"] * width // heads))
        writer.add_parallel_residual(config["use_parallel_residual"])
        writer.add_layer_norm_eps(config["layer_norm_eps"])
    if config["model_type"] == "phi3":
        turning = int(rope["partial_rotary_factor"] * width // heads)
        writer.add_rope_dimension_count(turning)
        writer.add_rope_scaling_orig_ctx_len(config["original_max_position_embeddings"])
        stretched = config["max_position_embeddings"] / config["original_max_position_embeddings"]
        writer.add_rope_scaling_attn_factors(
            float(np.sqrt(1 + np.log(stretched) / np.log(config["original_max_position_embeddings"])))
        )
        for kind in ("short", "long"):
            writer.add_tensor(f"rope_factors_{kind}.weight", np.array(rope[f"{kind}_factor"], np.float32))
    if config["model_type"] == "gemma2":
        writer.add_attn_logit_softcapping(config["attn_logit_softcapping"])
        writer.add_final_logit_softcapping(config["final_logit_softcapping"])
        writer.add_sliding_window(config["sliding_window"])


def write_model(source: pathlib.Path, path: pathlib.Path, architecture: gguf.MODEL_ARCH) -> None:
    config = json.loads((source / "config.json").read_text())
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[architecture])
    write_metadata(writer, config)
    common.add_tokenizer(writer, json.loads((source / "tokenizer.json").read_text()))
    heads = config.get("n_head") or config["num_attention_heads"]
    names = gguf.get_tensor_name_map(architecture, config.get("n_layer") or config["num_hidden_layers"])
    for name, weight in common.load_weights(source / "model.safetensors").items():
        changed = np.ascontiguousarray(stored(name, weight, architecture, heads))
        # The fixtures' own weights are float16: nothing is lost.
        changed = changed.astype(np.float16) if changed.ndim > 1 else changed
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")), changed)
    common.finish(writer)


def main() -> None:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "fixtures")
    for name, architecture in ARCHITECTURES.items():
        write_model(root / name, root / "gguf" / f"{name}.gguf", architecture)


if __name__ == "__main__":
    main()
