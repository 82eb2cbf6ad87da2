"""Makes the GGUF files that the tests of this package read, with the package `gguf` (llama.cpp's own writer and its
independent dequantisation).

Usage: python make-gguf.py [directory, default ../fixtures]
Made with gguf 0.19.0, numpy 2.4.6, safetensors (any). Reads the fixtures of make-golden.py.
"""

import json
import pathlib
import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf.quants import dequantize, quantize
from safetensors.numpy import load_file, save_file

PACKED_TYPES = [
    Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q4_K, Type.Q5_K, Type.Q6_K,
]  # fmt: skip

# Byte offsets of the float16 scales in a block.
SCALES = {
    Type.Q8_0: [0], Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2],
    Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
}  # fmt: skip

NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}

MODELS = {"gqa-tied": Type.F32, "mha-untied": Type.Q8_0, "gqa-llama3-float16": Type.F16, "mha-linear-bfloat16": Type.BF16}


def write_quants(directory: pathlib.Path) -> None:
    """One tensor of random bits for each type, with finite scales, and what the package makes of it."""
    random = np.random.default_rng(0)
    writer = gguf.GGUFWriter(directory / "quants.gguf", "none")
    golden = {}
    for kind in PACKED_TYPES:
        elements, size = gguf.GGML_QUANT_SIZES[kind]
        packed = random.integers(0, 256, (2, 256 // elements * size), dtype=np.uint8)
        if kind in SCALES:
            blocks = packed.reshape(-1, size)
            for place in SCALES[kind]:
                scales = random.normal(size=len(blocks)).astype(np.float16)
                # The edges of the range too: a subnormal, zero, the largest number.
                scales[: min(3, len(scales) - 1)] = np.array([3e-7, 0, 65504], np.float16)[: min(3, len(scales) - 1)]
                blocks[:, place : place + 2] = scales.view(np.uint8).reshape(-1, 2)
        else:
            values = random.normal(size=(2, 256)).astype(np.float32)
            packed = values.view(np.uint8) if kind == Type.F32 else quantize(values, kind).view(np.uint8)
        golden[kind.name] = dequantize(packed.view(np.float32) if kind == Type.F32 else packed, kind).astype(np.float32)
        writer.add_tensor(kind.name, packed, raw_dtype=kind)
    finish(writer)
    save_file(golden, directory / "quants.golden.safetensors")


def permute(weight: np.ndarray, heads: int) -> np.ndarray:
    """llama.cpp's order of the rows of q and k: each head's halves interleaved."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def gguf_name(name: str) -> str:
    stem = name.removesuffix(".weight")
    if stem in NAMES:
        return NAMES[stem] + ".weight"
    layer, part = stem.removeprefix("model.layers.").split(".", 1)
    return f"blk.{layer}.{NAMES[part]}.weight"


def write_llama(source: pathlib.Path, path: pathlib.Path, kind: Type) -> None:
    config = json.loads((source / "config.json").read_text())
    rope = config["rope_parameters"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    if rope["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3_factors(rope, config["head_dim"]))
    add_tokenizer(writer, json.loads((source / "tokenizer.json").read_text()))
    dequantised = {}
    for name, weight in load_weights(source / "model.safetensors").items():
        heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
        stored = next((permute(weight, count) for part, count in heads.items() if part in name), weight)
        packable = weight.ndim > 1 and weight.shape[-1] % gguf.GGML_QUANT_SIZES[kind][0] == 0
        used = kind if packable else Type.F32
        writer.add_tensor(gguf_name(name), quantize(stored, used), raw_dtype=used)
        dequantised[name] = dequantize(quantize(weight, used), used).astype(np.float32)
    finish(writer)
    if kind == Type.Q8_0:
        save_file(dequantised, path.with_suffix(".dequantised.safetensors"))


def load_weights(path: pathlib.Path) -> dict[str, np.ndarray]:
    """As float32; numpy knows no bfloat16, so that one is widened by hand."""
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    weights = {}
    for name, entry in json.loads(raw[8:start]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        data = raw[start + begin : start + end]
        if entry["dtype"] == "BF16":
            values = (np.frombuffer(data, np.uint16).astype(np.uint32) << 16).view(np.float32)
        else:
            values = np.frombuffer(data, {"F32": np.float32, "F16": np.float16}[entry["dtype"]]).astype(np.float32)
        weights[name] = values.reshape(entry["shape"])
    return weights


def llama3_factors(rope: dict, head_dim: int) -> np.ndarray:
    """What llama.cpp's converter writes for Llama 3.1's stretched frequencies."""
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    original, factor = rope["original_max_position_embeddings"], rope["factor"]
    factors = []
    for pair in range(head_dim // 2):
        wavelength = 2 * np.pi * rope["rope_theta"] ** (2 * pair / head_dim)
        if wavelength < original / high:
            factors.append(1.0)
        elif wavelength > original / low:
            factors.append(factor)
        else:
            blend = (original / wavelength - low) / (high - low)
            factors.append(1 / ((1 - blend) / factor + blend))
    return np.array(factors, np.float32)


def add_tokenizer(writer: gguf.GGUFWriter, tokenizer: dict) -> None:
    tokens = {index: token for token, index in tokenizer["model"]["vocab"].items()}
    special = {added["id"] for added in tokenizer["added_tokens"]}
    tokens.update({added["id"]: added["content"] for added in tokenizer["added_tokens"]})
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([tokens[index] for index in range(len(tokens))])
    writer.add_token_types(
        [gguf.TokenType.CONTROL if index in special else gguf.TokenType.NORMAL for index in range(len(tokens))]
    )
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)


# Names of weights in checkpoints, by the architecture's name in GGUF; block {} of two is the second.
CHECKPOINT_NAMES = {
    "llama": ["lm_head", "model.embed_tokens", "model.norm"]
    + [f"model.layers.1.{part}" for part in [*NAMES][3:]],
    "qwen2": ["model.layers.1.self_attn.q_proj", "model.layers.1.mlp.up_proj"],
    "qwen3": ["model.layers.1.self_attn.q_norm", "model.layers.1.self_attn.k_norm"],
    "gemma2": ["model.layers.1." + part for part in (
        "input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm",
    )],
    "gemma3": ["model.layers.1.self_attn.q_norm", "model.layers.1.pre_feedforward_layernorm"],
    "phi3": ["model.layers.1." + part for part in (
        "self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj", "input_layernorm",
        "post_attention_layernorm",
    )],
    "gpt2": ["transformer.wte", "transformer.wpe", "transformer.ln_f"] + ["transformer.h.1." + part for part in (
        "ln_1", "ln_2", "attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj",
    )],
    "gptneox": ["gpt_neox.embed_in", "gpt_neox.final_layer_norm", "embed_out"] + ["gpt_neox.layers.1." + part for part in (
        "input_layernorm", "post_attention_layernorm", "attention.query_key_value", "attention.dense",
        "mlp.dense_h_to_4h", "mlp.dense_4h_to_h",
    )],
}  # fmt: skip


def write_names(path: pathlib.Path) -> None:
    """What the package calls the weights of each architecture."""
    names = {}
    for name, checkpoint_names in CHECKPOINT_NAMES.items():
        kind = next(kind for kind, known in gguf.MODEL_ARCH_NAMES.items() if known == name)
        table = gguf.get_tensor_name_map(kind, 2)
        names[name] = {
            f"{stem}.weight": table.get_name(f"{stem}.weight", try_suffixes=(".weight",)) for stem in checkpoint_names
        }
    path.write_text(json.dumps(names, indent=1) + "\n")


def finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "fixtures")
    directory = root / "gguf"
    directory.mkdir(exist_ok=True)
    write_quants(directory)
    write_names(directory / "names.golden.json")
    for name, kind in MODELS.items():
        write_llama(root / name, directory / f"{name}.gguf", kind)


if __name__ == "__main__":
    main()
