/** The parts of a tokenizer.json that a file's `tokenizer.ggml.pre` stands for. */
export interface PreTokenization {
  normalizer: object | null;
  preTokenizer: object;
  /** A piece that is a token as a whole is not taken apart to be merged again. */
  ignoreMerges: boolean;
}

/** GPT-2's own regular expression is built into this step. */
const gpt2Bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const bytesOnly = { ...gpt2Bytes, use_regex: false };
const nfc = { type: 'NFC' };

const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });
const splitBy = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
const plain = (preTokenizer: object): PreTokenization => ({ normalizer: null, preTokenizer, ignoreMerges: false });

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const SPACES = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const WORD = '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+';
const PUNCTUATION = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*';

const [UPPER, LOWER] = ['[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]', '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]'];

/** Words as capitals followed by small letters; ending: what may follow a word. */
function casedWords(ending: string): string {
  const before = '[^\\r\\n\\p{L}\\p{N}]?';
  return `${before}${UPPER}*${LOWER}+${ending}|${before}${UPPER}+${LOWER}*${ending}`;
}

const CASED_PUNCTUATION = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*';

const gpt2 = plain(gpt2Bytes);
const singleDigits = plain(sequence({ type: 'Digits', individual_digits: true }, gpt2Bytes));
const threeDigits = plain(
  sequence(splitBy([CONTRACTIONS, WORD, '\\p{N}{1,3}', PUNCTUATION, SPACES].join('|')), bytesOnly),
);
const qwen = plain(sequence(splitBy([CONTRACTIONS, WORD, '\\p{N}', PUNCTUATION, SPACES].join('|')), bytesOnly));
const llama3 = { ...threeDigits, ignoreMerges: true };

/** By name, with the rules that llama.cpp has for it; what it leaves out (normal forms, whole pieces) as in the models'
 *  own tokenizer.json. Other names are refused: a wrong rule gives other tokens than the model was trained on, without
 *  any error. */
export const PRE_TOKENIZATIONS: ReadonlyMap<string, PreTokenization> = new Map(
  Object.entries({
    'gpt-2': gpt2,
    'phi-2': gpt2,
    olmo: { ...gpt2, normalizer: nfc },
    mpt: { ...gpt2, normalizer: nfc },
    smollm: singleDigits,
    starcoder: singleDigits,
    refact: singleDigits,
    'command-r': { ...singleDigits, normalizer: nfc },
    'llama-bpe': llama3,
    llama3,
    'llama-v3': llama3,
    dbrx: threeDigits,
    'smaug-bpe': threeDigits,
    qwen2: { ...qwen, normalizer: nfc },
    'deepseek-r1-qwen': qwen,
    tekken: {
      ...plain(sequence(splitBy([casedWords(''), '\\p{N}', CASED_PUNCTUATION, SPACES].join('|')), bytesOnly)),
      ignoreMerges: true,
    },
    'gpt-4o': plain(
      sequence(
        splitBy([casedWords(`${CONTRACTIONS}?`), '\\p{N}{1,3}', CASED_PUNCTUATION, SPACES].join('|')),
        bytesOnly,
      ),
    ),
  }),
);
