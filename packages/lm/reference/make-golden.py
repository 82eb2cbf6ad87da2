"""Makes the golden values that the tests of this package compare with: small random models of every architecture as the
library `transformers` runs them (float32, eager attention), and a tokenizer as the library `tokenizers` runs it.

Usage: python make-golden.py [--out directory, default ../fixtures] [names of fixtures, default all]
Made with torch 2.15.0, transformers 5.23.0, tokenizers 0.23.3, safetensors (any).
"""

import argparse
import json
import pathlib

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoConfig, AutoModelForCausalLM, LlamaConfig, PreTrainedModel

VOCAB = 288
CONTEXT = 64

LLAMAS = {
    # Three query heads on one key and value head; tied; the usual RoPE base.
    "gqa-tied": dict(
        shape=dict(hidden_size=48, num_attention_heads=3, num_key_value_heads=1, head_dim=16, intermediate_size=80),
        rope=dict(rope_type="default", rope_theta=10_000.0),
        tied=True,
        dtype=torch.float32,
    ),
    # Plain multi-head attention whose heads together are wider than the model; untied; a large RoPE base.
    "mha-untied": dict(
        shape=dict(hidden_size=24, num_attention_heads=3, num_key_value_heads=3, head_dim=16, intermediate_size=56),
        rope=dict(rope_type="default", rope_theta=100_000.0),
        tied=False,
        dtype=torch.float32,
    ),
    # Frequencies stretched as in Llama 3.1; weights stored in half precision.
    "gqa-llama3-float16": dict(
        shape=dict(hidden_size=64, num_attention_heads=4, num_key_value_heads=2, head_dim=16, intermediate_size=96),
        rope=dict(
            rope_type="llama3",
            rope_theta=500_000.0,
            factor=4.0,
            low_freq_factor=1.0,
            high_freq_factor=4.0,
            original_max_position_embeddings=16,
        ),
        tied=True,
        dtype=torch.float16,
    ),
    "mha-linear-bfloat16": dict(
        shape=dict(hidden_size=32, num_attention_heads=1, num_key_value_heads=1, head_dim=32, intermediate_size=40),
        rope=dict(rope_type="linear", rope_theta=10_000.0, factor=2.0),
        tied=True,
        dtype=torch.bfloat16,
    ),
}

SMALL = dict(
    hidden_size=32,
    num_attention_heads=2,
    num_key_value_heads=1,
    head_dim=16,
    intermediate_size=48,
    num_hidden_layers=3,
    rms_norm_eps=1e-5,
)

SMALL_NEOX = dict(
    hidden_size=32, num_attention_heads=2, intermediate_size=48, num_hidden_layers=3, layer_norm_eps=1e-5
)

# Windows are shorter than the texts, so that they show.
WINDOW = 6

# By model_type and the fields of its configuration. Options that a default model leaves off are on.
ARCHITECTURES = {
    "llama-biases": ("llama", dict(SMALL, attention_bias=True, mlp_bias=True, hidden_act="gelu")),
    "mistral": ("mistral", dict(SMALL, sliding_window=WINDOW)),
    "qwen2": ("qwen2", dict(SMALL, use_sliding_window=True, sliding_window=WINDOW, max_window_layers=1, rope_theta=1e6)),
    "qwen3": ("qwen3", dict(SMALL, head_dim=32, rope_theta=1e6)),
    "gemma2": (
        "gemma2",
        dict(
            SMALL,
            sliding_window=WINDOW,
            query_pre_attn_scalar=24,
            attn_logit_softcapping=4.0,
            final_logit_softcapping=8.0,
        ),
    ),
    "gemma3": (
        "gemma3_text",
        dict(
            SMALL,
            sliding_window=WINDOW,
            query_pre_attn_scalar=24,
            layer_types=["sliding_attention", "sliding_attention", "full_attention"],
            rope_parameters=dict(
                sliding_attention=dict(rope_type="default", rope_theta=10_000.0),
                full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1_000_000.0),
            ),
        ),
    ),
    "phi3": ("phi3", dict(SMALL, sliding_window=WINDOW, pad_token_id=0)),
    # Longer texts than 32 tokens would switch to the long factors.
    "phi3-longrope": (
        "phi3",
        dict(
            SMALL,
            pad_token_id=0,
            original_max_position_embeddings=32,
            rope_parameters=dict(
                rope_type="longrope",
                rope_theta=10_000.0,
                partial_rotary_factor=0.75,
                original_max_position_embeddings=32,
                short_factor=[1.0 + 0.05 * i for i in range(6)],
                long_factor=[1.0 + 2.0 * i for i in range(6)],
            ),
        ),
    ),
    "gpt-neox": ("gpt_neox", dict(SMALL_NEOX, rotary_pct=0.25)),
    "gpt-neox-sequential": (
        "gpt_neox",
        dict(SMALL_NEOX, rotary_pct=0.5, use_parallel_residual=False, attention_bias=False, rotary_emb_base=5_000),
    ),
    "gpt2": ("gpt2", dict(n_embd=32, n_head=2, n_layer=3, n_positions=CONTEXT)),
    # As OpenAI's own files: names without "transformer.".
    "gpt2-scaled-by-layer": (
        "gpt2",
        dict(n_embd=24, n_head=3, n_layer=3, n_positions=CONTEXT, n_inner=40, scale_attn_by_inverse_layer_idx=True),
    ),
}

# Where each architecture keeps what the hooks read. A name ends at a module; before and after say which side is read.
LLAMA_PLACES = dict(
    embed="model.embed_tokens",
    layers="model.layers",
    attention_projection="self_attn.o_proj",
    attention_written="self_attn.o_proj",
    mid="post_attention_layernorm",
    mlp_projection="mlp.down_proj",
    mlp_written="mlp",
)
GEMMA_PLACES = dict(
    LLAMA_PLACES,
    attention_written="post_attention_layernorm",
    mid="pre_feedforward_layernorm",
    mlp_written="post_feedforward_layernorm",
)
PLACES = {
    "gemma2": GEMMA_PLACES,
    "gemma3_text": GEMMA_PLACES,
    "gpt_neox": dict(
        embed="gpt_neox.embed_in",
        layers="gpt_neox.layers",
        attention_projection="attention.dense",
        attention_written="attention.dense",
        mid="post_attention_layernorm",
        mlp_projection="mlp.dense_4h_to_h",
        mlp_written="mlp",
    ),
    "gpt2": dict(
        embed="transformer.wte",
        layers="transformer.h",
        attention_projection="attn.c_proj",
        attention_written="attn.c_proj",
        mid="ln_2",
        mlp_projection="mlp.c_proj",
        mlp_written="mlp",
    ),
}

TRAINING_TEXT = [
    "The old man looked at the sea, and the sea looked back at him.",
    "In the beginning was the word; and then there were other words.",
    "def main(args):\n    return [x for x in args if x is not None]\n",
    "Über den Wolken muß die Freiheit wohl grenzenlos sein.",
]

ENCODED_TEXTS = [
    "",
    "the sea",
    " leading and  double   spaces ",
    "Tabs\tand\nnew lines\r\n\n",
    "naïve café — “quoted” … 日本語 🙂👩‍👩‍👧",
    "don't you'll we've I'm 1,234.56 x_1",
    "<|endoftext|>special in the middle<|endoftext|>",
    "\u0000\u0001 control \ufeff mark \u200b zero width",
    "العربية עברית हिन्दी ไทย",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
]


def make_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TRAINING_TEXT, trainer)
    return tokenizer


def make_llama(spec: dict) -> PreTrainedModel:
    return make_model(
        LlamaConfig(
            vocab_size=VOCAB,
            num_hidden_layers=2,
            max_position_embeddings=CONTEXT,
            rms_norm_eps=1e-5,
            tie_word_embeddings=spec["tied"],
            rope_parameters=spec["rope"],
            bos_token_id=0,
            eos_token_id=0,
            **spec["shape"],
        )
    )


def make_architecture(model_type: str, fields: dict) -> PreTrainedModel:
    context = {} if "n_positions" in fields else dict(max_position_embeddings=CONTEXT)
    return make_model(
        AutoConfig.for_model(model_type, vocab_size=VOCAB, bos_token_id=0, eos_token_id=0, **context, **fields)
    )


def make_model(config) -> PreTrainedModel:
    config._attn_implementation = "eager"
    return AutoModelForCausalLM.from_config(config).eval()


def fill_llama(model: PreTrainedModel, dtype: torch.dtype, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for name, weight in model.named_parameters():
        values = torch.randn(weight.shape, generator=generator)
        if weight.dim() == 1:
            values = 1 + 0.3 * values
        elif "embed_tokens" not in name:
            values = values * 1.5 / weight.shape[1] ** 0.5
        # Rounded to the stored type first, so that reference and reader start from the same numbers.
        weight.copy_(values.to(dtype).float())


def fill(model: PreTrainedModel, dtype: torch.dtype, seed: int) -> None:
    """Weights of ordinary size, of which none is neutral: no gain is 1, no bias 0."""
    generator = torch.Generator().manual_seed(seed)
    is_offset_gain = model.config.model_type.startswith("gemma")
    for name, weight in model.named_parameters():
        values = torch.randn(weight.shape, generator=generator)
        if weight.dim() == 1:
            centre = 0 if name.endswith("bias") or is_offset_gain else 1
            values = centre + 0.3 * values
        elif any(part in name for part in ("embed", "wte", "wpe")):
            values = values * 0.4
        else:
            is_transposed = model.config.model_type == "gpt2"
            values = values * 1.5 / weight.shape[0 if is_transposed else 1] ** 0.5
        weight.copy_(values.to(dtype).float())


def capture_hooks(model: PreTrainedModel, token_ids: torch.Tensor) -> dict[str, torch.Tensor]:
    captured: dict[str, torch.Tensor] = {}
    handles = []

    def keep_output(name):
        def hook(_module, _inputs, output):
            captured[name] = (output[0] if isinstance(output, tuple) else output).clone()

        return hook

    def keep_input(name):
        def hook(_module, inputs, kwargs):
            captured[name] = (inputs[0] if inputs else kwargs["hidden_states"]).clone()

        return hook

    places = PLACES.get(model.config.model_type, LLAMA_PLACES)
    is_parallel = getattr(model.config, "use_parallel_residual", False)
    handles.append(model.get_submodule(places["embed"]).register_forward_hook(keep_output("hook_embed")))
    for i, layer in enumerate(model.get_submodule(places["layers"])):
        before = lambda place, name: handles.append(
            layer.get_submodule(place).register_forward_pre_hook(keep_input(f"blocks.{i}.{name}"), with_kwargs=True)
        )
        after = lambda place, name: handles.append(
            layer.get_submodule(place).register_forward_hook(keep_output(f"blocks.{i}.{name}"))
        )
        before("", "hook_resid_pre")
        before(places["attention_projection"], "attn.hook_z")
        after(places["attention_written"], "hook_attn_out")
        if not is_parallel:
            before(places["mid"], "hook_resid_mid")
        before(places["mlp_projection"], "mlp.hook_post")
        after(places["mlp_written"], "hook_mlp_out")
        after("", "hook_resid_post")
    captured["logits"] = model(token_ids, use_cache=False).logits.clone()
    for handle in handles:
        handle.remove()
    return captured


def write_model(model: PreTrainedModel, directory: pathlib.Path, dtype: torch.dtype, tokens: torch.Tensor) -> None:
    """Weights and, for the tokens [batch, seqLen], every hook and the logits; for their beginning 24 more tokens, greedily
    and with a cache, and the logits that each was chosen by."""
    directory.mkdir(parents=True, exist_ok=True)
    golden = capture_hooks(model, tokens)
    written = model.generate(
        tokens[:1, :5],
        max_new_tokens=24,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
        use_cache=True,
        output_logits=True,
        return_dict_in_generate=True,
    )
    golden["token_ids"] = tokens.float()
    golden["greedy"] = written.sequences[0].float()
    golden["greedy_logits"] = torch.cat(written.logits)
    save_file({key: value.contiguous() for key, value in golden.items()}, directory / "golden.safetensors")
    weights = {key: value.to(dtype).contiguous() for key, value in model.state_dict().items()}
    if model.config.tie_word_embeddings:
        weights.pop("lm_head.weight", None)
    save_file(as_files_name_them(weights, directory.name), directory / "model.safetensors", metadata={"format": "pt"})


def as_files_name_them(weights: dict[str, torch.Tensor], fixture: str) -> dict[str, torch.Tensor]:
    """The library renames some tensors when it loads and saves them."""
    if fixture == "gpt2-scaled-by-layer":
        return {key.removeprefix("transformer."): value for key, value in weights.items()}
    if fixture.startswith("gpt-neox"):
        return {key.replace("lm_head.", "embed_out."): value for key, value in weights.items()}
    return weights


def write_llama_config(model: PreTrainedModel, path: pathlib.Path) -> None:
    config = json.loads(model.config.to_json_string(use_diff=False))
    kept = (
        "model_type hidden_size num_attention_heads num_key_value_heads head_dim intermediate_size num_hidden_layers "
        "vocab_size max_position_embeddings rms_norm_eps tie_word_embeddings rope_parameters bos_token_id eos_token_id "
        "hidden_act attention_bias mlp_bias"
    ).split()
    path.write_text(json.dumps({key: config[key] for key in kept}, indent=2) + "\n")


def write_config(model: PreTrainedModel, path: pathlib.Path) -> None:
    """As the library itself saves it."""
    model.config.architectures = [type(model).__name__]
    path.write_text(model.config.to_json_string())


def write_tokenizer(directory: pathlib.Path) -> None:
    make_tokenizer().save(str(directory / "tokenizer.json"))
    (directory / "tokenizer_config.json").write_text(
        json.dumps({"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}, indent=2) + "\n"
    )


def write_encodings(path: pathlib.Path) -> None:
    tokenizer = make_tokenizer()
    encodings = [{"text": text, "ids": tokenizer.encode(text, add_special_tokens=False).ids} for text in ENCODED_TEXTS]
    path.write_text(json.dumps(encodings, indent=1) + "\n")


def some_tokens(seq_len: int, seed: int) -> torch.Tensor:
    return torch.randint(0, VOCAB, (2, seq_len), generator=torch.Generator().manual_seed(seed + 100))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "fixtures")
    parser.add_argument("names", nargs="*", metavar="fixture")
    arguments = parser.parse_args()
    is_wanted = lambda name: not arguments.names or name in arguments.names
    with torch.no_grad():
        for seed, (name, spec) in enumerate(LLAMAS.items()):
            if not is_wanted(name):
                continue
            model = make_llama(spec)
            fill_llama(model, spec["dtype"], seed)
            write_model(model, arguments.out / name, spec["dtype"], some_tokens(12, seed))
            write_llama_config(model, arguments.out / name / "config.json")
            write_tokenizer(arguments.out / name)
        for seed, (name, (model_type, fields)) in enumerate(ARCHITECTURES.items()):
            if not is_wanted(name):
                continue
            model = make_architecture(model_type, fields)
            fill(model, torch.float16, seed)
            write_model(model, arguments.out / name, torch.float16, some_tokens(16, seed))
            write_config(model, arguments.out / name / "config.json")
            write_tokenizer(arguments.out / name)
    write_encodings(arguments.out / "encodings.golden.json")


if __name__ == "__main__":
    main()
