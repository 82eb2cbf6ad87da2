import type { Architecture } from './architecture.ts';
import { gemma2 } from './gemma2.ts';
import { gemma3 } from './gemma3.ts';
import { gptNeox } from './gpt-neox.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { phi3 } from './phi3.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';

/** Every architecture that can be run. A new one is a file beside these and a line here. */
export const ARCHITECTURES: readonly Architecture[] = [
  llama,
  gpt2,
  gptNeox,
  qwen2,
  qwen3,
  gemma2,
  gemma3,
  mistral,
  phi3,
];
