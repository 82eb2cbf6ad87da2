"""Makes GGUF files that hold a vocabulary only, and what independent implementations encode with it: `sentencepiece`
for the "llama" kind, `tokenizers` with the splitting rules of `transformers` for the "gpt2" kind.

Usage: python make-gguf-tokenizers.py [directory, default ../fixtures/gguf]
Made with gguf 0.19.0, sentencepiece 0.2.3, tokenizers 0.23.3, transformers 5.23.0.
"""

import io
import json
import pathlib
import sys

import gguf
import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers.integrations.gguf.gguf_tokenizer_mapping import GGUF_PRE_TOKENIZER_SPLITS

TRAINING_TEXT = [
    "The old man looked at the sea, and the sea looked back at him; it was 1952, and he couldn't, wouldn't, didn't sleep.",
    "In the beginning was the word, and then there were other words: 1, 22, 333, 4444 and 55555 of them.",
    "def main(args):\n    return [x for x in args if x is not None]\n\n\nif __name__ == '__main__':\n    main([])\n",
    "Über den Wolken muß die Freiheit wohl grenzenlos sein. HELLO WORLD, HelloWorld, helloWorld!!! ...",
    "https://example.org/a/b?c=1&d=2   spaces   and\ttabs\r\nand lines\n\n\n",
    "Я помню чудное мгновенье. 日本語のテキスト。",
]

TEXTS = [
    "",
    " ",
    "the sea",
    " leading and  double   spaces  ",
    "Tabs\tand\nnew lines\r\n\n  x",
    "don't you'll we've I'M HE'LL it'S",
    "1 22 333 4444 55555 1,234.56 x_1  9",
    "HelloWorld helloWORLD ÜberALL",
    "naïve café — “quoted” … 日本語 🙂👩‍👩‍👧",
    "Я помню ЧУДНОЕ мгновенье",
    "if x != y: // comment\n\treturn a/b;\n",
    "!!! ... ??? ((( /// \n///\n",
    "a\u0301 e\u0308 ﬁ ② ⅷ ٣٤",
    "①① ①\t①\n  ½x² ⅷⅷ",
    "\u0000\u0001 control \u200b zero width \u3000 wide",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
]

WITH_SPECIAL = ["<|begin|>the sea<|end|>", "a <tool> b<tool>", "<|begin|><|begin|>  x"]


def byte_level_rules() -> dict[str, tuple]:
    """By name: normaliser, pre-tokeniser, whether whole pieces are tokens before they are merged."""
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    bytes_only = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    split = lambda name: pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(GGUF_PRE_TOKENIZER_SPLITS[name]), behavior="isolated"), bytes_only]
    )
    digits = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level])
    return {
        "gpt-2": (None, byte_level, False),
        "olmo": (normalizers.NFC(), byte_level, False),
        "smollm": (None, digits, False),
        "llama-bpe": (None, split("llama-bpe"), True),
        "qwen2": (normalizers.NFC(), split("qwen2"), False),
        "tekken": (None, split("tekken"), True),
        "gpt-4o": (None, split("gpt-4o"), False),
    }


def write_byte_level(directory: pathlib.Path) -> None:
    # Trained without any splitting, so that merges cross every place where a rule splits: a missing split shows.
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trained.train_from_iterator(
        TRAINING_TEXT * 2,
        trainers.BpeTrainer(
            vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False, max_token_length=6
        ),
    )
    model = json.loads(trained.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get) + ["<|begin|>", "<|end|>", "<tool>"]
    merges = [tuple(pair) for pair in model["merges"]]
    # A token that no merge makes: it is found only where whole pieces are looked up first.
    tokens.append("thesea")
    vocab = {token: index for index, token in enumerate(tokens)}
    types = [gguf.TokenType.NORMAL] * len(tokens)
    types[vocab["<|begin|>"]] = types[vocab["<|end|>"]] = gguf.TokenType.CONTROL
    types[vocab["<tool>"]] = gguf.TokenType.USER_DEFINED
    golden = {}
    for pre, (normalizer, pre_tokenizer, ignore_merges) in byte_level_rules().items():
        tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges, ignore_merges=ignore_merges))
        if normalizer:
            tokenizer.normalizer = normalizer
        tokenizer.pre_tokenizer = pre_tokenizer
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in ("<|begin|>", "<|end|>")])
        tokenizer.add_tokens([AddedToken("<tool>", normalized=False)])
        golden[pre] = encodings([*TEXTS, *WITH_SPECIAL, "thesea"], lambda text: tokenizer.encode(text).ids)
    writer = gguf.GGUFWriter(directory / "byte-level-vocabulary.gguf", "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_bos_token_id(vocab["<|begin|>"])
    writer.add_eos_token_id(vocab["<|end|>"])
    finish(writer)
    write_json(directory / "byte-level-encodings.golden.json", golden)


def write_sentencepiece(directory: pathlib.Path) -> None:
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TRAINING_TEXT * 2),
        model_writer=trained,
        vocab_size=440,
        model_type="bpe",
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        split_digits=True,
        user_defined_symbols=["<tool>"],
        allow_whitespace_only_pieces=True,
        minloglevel=2,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue())
    size = processor.vocab_size()
    writer = gguf.GGUFWriter(directory / "sentencepiece-vocabulary.gguf", "llama")
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([processor.id_to_piece(index) for index in range(size)])
    writer.add_token_scores([processor.get_score(index) for index in range(size)])
    writer.add_token_types([piece_type(processor, index) for index in range(size)])
    writer.add_bos_token_id(processor.bos_id())
    writer.add_eos_token_id(processor.eos_id())
    writer.add_unk_token_id(processor.unk_id())
    finish(writer)
    write_json(directory / "sentencepiece-encodings.golden.json", encodings(TEXTS, processor.encode))


def piece_type(processor: sentencepiece.SentencePieceProcessor, index: int) -> gguf.TokenType:
    if processor.is_unknown(index):
        return gguf.TokenType.UNKNOWN
    if processor.is_control(index):
        return gguf.TokenType.CONTROL
    if processor.is_byte(index):
        return gguf.TokenType.BYTE
    return gguf.TokenType.USER_DEFINED if processor.id_to_piece(index) == "<tool>" else gguf.TokenType.NORMAL


def encodings(texts: list[str], encode) -> list[dict]:
    return [{"text": text, "ids": encode(text)} for text in texts]


def write_json(path: pathlib.Path, value) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


def finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    default = pathlib.Path(__file__).parent.parent / "fixtures" / "gguf"
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else default)
    write_byte_level(directory)
    write_sentencepiece(directory)


if __name__ == "__main__":
    main()
