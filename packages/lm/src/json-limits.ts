import { ModelFormatError } from './errors.ts';

/** Arrays and objects cost more than the values in them. The largest tokenizer in circulation comes to four million. */
const MAX_COST = 16_000_000;
const CONTAINER_COST = 4;
const MAX_DEPTH = 64;

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Looks over JSON before it is parsed, so that a small file cannot ask for a large amount of memory: `[[],[],…` takes
 *  twenty times its size. Throws ModelFormatError naming the file. Returns how many keys the outermost object has,
 *  repeated ones counted each time. */
export function checkJsonLimits(bytes: Uint8Array, file: string): number {
  let [depth, cost, nKeys, isInText] = [0, 0, 0, false];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isInText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isInText = false;
      continue;
    }
    if (byte === QUOTE) isInText = true;
    else if (byte === COMMA) cost++;
    else if (byte === COLON) {
      cost++;
      if (depth === 1) nKeys++;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      cost += CONTAINER_COST;
      depth++;
      if (depth > MAX_DEPTH) throw refusal(file, `nests more than ${MAX_DEPTH} lists and objects`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    if (cost > MAX_COST) throw refusal(file, 'holds more values than any model has');
  }
  return nKeys;
}

function refusal(file: string, problem: string): ModelFormatError {
  return new ModelFormatError(`${file} ${problem}`, { file });
}
