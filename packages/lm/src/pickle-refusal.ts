import { basename } from 'node:path';
import { ModelFormatError } from './errors.ts';

const PICKLE = /\.(bin|pt|pth|ckpt|pkl|pickle)$/i;

/** Throws ModelFormatError when one of the names is that of a Python pickle, which can run any code when it is opened. */
export function refusePickle(names: readonly string[]): void {
  const pickle = names.find((name) => PICKLE.test(name));
  if (pickle === undefined) return;
  const file = basename(pickle);
  throw new ModelFormatError(
    `${file} is a Python pickle, which can run any code when it is opened, so it never is. Convert the model where you trust it: ` +
      `python -c "from transformers import AutoModelForCausalLM as M; M.from_pretrained('model').save_pretrained('converted', safe_serialization=True)"`,
    { file },
  );
}
