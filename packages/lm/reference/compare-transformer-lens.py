"""Compares the golden values with what TransformerLens holds at the hooks of the same names.

Usage: python compare-transformer-lens.py [names of fixtures]
Seen with transformer-lens 4.3.0, torch 2.15.0, transformers 5.23.0. `gpt-neox-sequential` has no attention biases, which
TransformerLens asks for.
"""

import pathlib
import sys

import torch
from safetensors.torch import load_file
from transformer_lens.model_bridge import TransformerBridge

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures"
NAMES = "llama-biases gpt2 gpt-neox qwen2 qwen3 gemma2 gemma3 mistral phi3 phi3-longrope".split()


def relative_error(actual: torch.Tensor, expected: torch.Tensor) -> float:
    return float((actual.reshape(expected.shape) - expected).abs().max() / expected.abs().max())


def main() -> None:
    for name in sys.argv[1:] or NAMES:
        golden = load_file(FIXTURES / name / "golden.safetensors")
        model = TransformerBridge.boot_transformers(str(FIXTURES / name), device="cpu", dtype=torch.float32)
        with torch.no_grad():
            logits, cache = model.run_with_cache(golden["token_ids"].long())
        hooks = [key for key in golden if "hook" in key]
        worst = max(relative_error(cache[key], golden[key]) for key in hooks)
        middles = {key for key in cache.keys() if key.endswith("hook_resid_mid")}
        assert middles == {key for key in hooks if key.endswith("hook_resid_mid")}
        print(f"{name}: {len(hooks)} hooks, {worst:.1e}; logits {relative_error(logits, golden['logits']):.1e}")


if __name__ == "__main__":
    main()
