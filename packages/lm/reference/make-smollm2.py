"""Golden values of SmolLM2-135M-Instruct, from the GGUF file that `pnpm fetch:smollm2` puts into the cache.

  python make-smollm2.py            writes fixtures/smollm2.safetensors and fixtures/smollm2-encodings.json
  python make-smollm2.py LOGITS     compares a file of float32 logits [8, 512, 49152], of the same texts, in full

Needs transformers 5, torch, gguf and safetensors. The model runs in float32; the comparison also tells how far that is from
float64, which is what two programs in float32 may differ by.
"""

import gzip
import json
import os
import random
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "featurescope" / "smollm2-0.1.2"
ROOT = Path(__file__).parents[3]
FIXTURES = Path(__file__).parents[1] / "fixtures"
N_TEXTS, LENGTH, N_TOP, N_RANDOM, N_STRINGS = 8, 512, 8, 24, 1000


def tokenizer():
    """transformers' conversion of the file's tokenizer, with the rule that it leaves out: the file names its
    pre-tokenizer "smollm", which takes each digit for itself before it splits words."""
    converted = AutoTokenizer.from_pretrained(CACHE, gguf_file=FILE).backend_tokenizer
    digits = pre_tokenizers.Digits(individual_digits=True)
    words = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    converted.pre_tokenizer = pre_tokenizers.Sequence([digits, words])
    return converted


def documents():
    for part in sorted((ROOT / "models/featurescope-tiny/dataset").glob("part-*.jsonl.gz")):
        with gzip.open(part, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]


def token_ids(encoder, texts):
    """Beginnings of documents from all over the dataset, so of several kinds."""
    found = []
    for text in texts[:: len(texts) // 40]:
        ids = encoder.encode(text[:20000], add_special_tokens=False).ids
        if len(ids) >= LENGTH and len(found) < N_TEXTS:
            found.append(ids[:LENGTH])
    return np.array(found, dtype=np.int32)


def logits_of(ids, dtype):
    model = AutoModelForCausalLM.from_pretrained(CACHE, gguf_file=FILE, dtype=torch.float32).to(dtype).eval()
    with torch.inference_mode():
        return np.stack([model(torch.tensor(text[None].astype(np.int64))).logits[0].numpy() for text in ids])


def strings(texts):
    """Lines of the dataset, and what lines have little of: numbers, spaces, marks, scripts, emoji, broken surrogates' places."""
    choose = random.Random(0)
    alphabets = ["0123456789", " \t\n\r", "aAbB'-", ".,;:!?()[]{}<>/\\|@#$%^&*_+=~`\"", "àéîõüßñçøåœ", "абвгдеёжщ",
                 "αβγδλω", "漢字仮名交じり文", "한국어", "עברית", "العربية", "हिन्दी", "👍🏽👩‍💻🇨🇭✈️", "\u200b\u00a0\u3000\ufeff", "ﬁ①Å"]
    found = []
    while len(found) < N_STRINGS:
        if len(found) % 2:
            text = choose.choice(texts)
            begin = choose.randrange(max(1, len(text) - 80))
            found.append(text[begin : begin + choose.randrange(1, 80)])
        else:
            pool = choose.sample(alphabets, choose.randrange(1, 5))
            found.append("".join(choose.choice(choose.choice(pool)) for _ in range(choose.randrange(1, 40))))
    return found


def write(encoder):
    texts = list(documents())
    ids = token_ids(encoder, texts)
    logits = logits_of(ids, torch.float32)
    top = np.argsort(-logits, axis=-1, kind="stable")[..., :N_TOP]
    chosen = np.random.default_rng(0).integers(0, logits.shape[-1], (N_TEXTS, LENGTH, N_RANDOM))
    at = np.concatenate([top, chosen], axis=-1)
    # Numbers that float32 holds exactly: the reader on the other side knows no integers.
    golden = {
        "token_ids": ids.astype(np.float32),
        "at": at.astype(np.float32),
        "logits": np.take_along_axis(logits, at, axis=-1),
        "log_sum_exp": np.logaddexp.reduce(logits.astype(np.float64), axis=-1).astype(np.float32),
    }
    save_file({name: np.ascontiguousarray(values) for name, values in golden.items()}, FIXTURES / "smollm2.safetensors")
    encodings = [[text, encoder.encode(text, add_special_tokens=False).ids] for text in strings(texts)]
    (FIXTURES / "smollm2-encodings.json").write_text(json.dumps(encodings, ensure_ascii=False, separators=(",", ":")) + "\n")


def compare(path):
    ids = load_file(FIXTURES / "smollm2.safetensors")["token_ids"].astype(np.int32)
    theirs = logits_of(ids, torch.float32)
    exact = logits_of(ids, torch.float64)
    ours = np.fromfile(path, dtype=np.float32).reshape(theirs.shape)
    print(f"top-1 agreement: {(ours.argmax(-1) == theirs.argmax(-1)).sum()} of {ids.size}")
    print(f"largest difference: from torch in float32 {np.abs(ours - theirs).max():.2e}, from float64 {np.abs(ours - exact).max():.2e}")
    print(f"torch in float32 from float64: {np.abs(theirs - exact).max():.2e}")
    worst = np.abs(ours - exact).max(-1)
    print("worst positions", [(int(i), float(worst.ravel()[i])) for i in np.argsort(-worst.ravel())[:5]])


if len(sys.argv) > 1:
    compare(sys.argv[1])
else:
    write(tokenizer())
