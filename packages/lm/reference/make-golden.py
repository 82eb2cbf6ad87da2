"""Makes the golden values that the tests of this package compare with: small random llama models as the library
`transformers` runs them (float32, eager attention), and a tokenizer as the library `tokenizers` runs it.

Usage: python make-golden.py [directory, default ../fixtures]
Made with torch 2.15.0, transformers 5.23.0, tokenizers 0.23.3, safetensors (any).
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM

VOCAB = 288
CONTEXT = 64

MODELS = {
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


def make_model(spec: dict, seed: int) -> LlamaForCausalLM:
    config = LlamaConfig(
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
    config._attn_implementation = "eager"
    model = LlamaForCausalLM(config).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            values = torch.randn(weight.shape, generator=generator)
            if weight.dim() == 1:
                values = 1 + 0.3 * values
            elif "embed_tokens" not in name:
                values = values * 1.5 / weight.shape[1] ** 0.5
            # Rounded to the stored type first, so that reference and reader start from the same numbers.
            weight.copy_(values.to(spec["dtype"]).float())
    return model


def capture_hooks(model: LlamaForCausalLM, token_ids: torch.Tensor) -> dict[str, torch.Tensor]:
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

    handles.append(model.model.embed_tokens.register_forward_hook(keep_output("hook_embed")))
    for i, layer in enumerate(model.model.layers):
        before = lambda module, name: handles.append(
            module.register_forward_pre_hook(keep_input(f"blocks.{i}.{name}"), with_kwargs=True)
        )
        after = lambda module, name: handles.append(module.register_forward_hook(keep_output(f"blocks.{i}.{name}")))
        before(layer, "hook_resid_pre")
        before(layer.self_attn.o_proj, "attn.hook_z")
        after(layer.self_attn.o_proj, "hook_attn_out")
        before(layer.post_attention_layernorm, "hook_resid_mid")
        before(layer.mlp.down_proj, "mlp.hook_post")
        after(layer.mlp, "hook_mlp_out")
        after(layer, "hook_resid_post")
    captured["logits"] = model(token_ids, use_cache=False).logits.clone()
    for handle in handles:
        handle.remove()
    return captured


def write_model(name: str, spec: dict, directory: pathlib.Path, seed: int) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    model = make_model(spec, seed)
    token_ids = torch.randint(0, VOCAB, (2, 12), generator=torch.Generator().manual_seed(seed + 100))
    with torch.no_grad():
        golden = capture_hooks(model, token_ids)
        prompt = token_ids[:1, :5]
        greedy = model.generate(prompt, max_new_tokens=24, do_sample=False, eos_token_id=None, pad_token_id=0)
    golden["token_ids"] = token_ids.float()
    golden["greedy"] = greedy[0].float()
    save_file({key: value.contiguous() for key, value in golden.items()}, directory / "golden.safetensors")
    weights = {key: value.to(spec["dtype"]).contiguous() for key, value in model.state_dict().items()}
    if spec["tied"]:
        weights.pop("lm_head.weight", None)
    save_file(weights, directory / "model.safetensors", metadata={"format": "pt"})
    config = json.loads(model.config.to_json_string(use_diff=False))
    kept = (
        "model_type hidden_size num_attention_heads num_key_value_heads head_dim intermediate_size num_hidden_layers "
        "vocab_size max_position_embeddings rms_norm_eps tie_word_embeddings rope_parameters bos_token_id eos_token_id "
        "hidden_act attention_bias mlp_bias"
    ).split()
    (directory / "config.json").write_text(json.dumps({key: config[key] for key in kept}, indent=2) + "\n")


def write_tokenizer(directory: pathlib.Path) -> None:
    make_tokenizer().save(str(directory / "tokenizer.json"))
    (directory / "tokenizer_config.json").write_text(
        json.dumps({"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}, indent=2) + "\n"
    )


def write_encodings(path: pathlib.Path) -> None:
    tokenizer = make_tokenizer()
    encodings = [{"text": text, "ids": tokenizer.encode(text, add_special_tokens=False).ids} for text in ENCODED_TEXTS]
    path.write_text(json.dumps(encodings, indent=1) + "\n")


def main() -> None:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "fixtures")
    for seed, (name, spec) in enumerate(MODELS.items()):
        write_model(name, spec, root / name, seed)
        write_tokenizer(root / name)
    write_encodings(root / "encodings.golden.json")


if __name__ == "__main__":
    main()
