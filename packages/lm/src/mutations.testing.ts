import fc from 'fast-check';

/** One change to the bytes of a file. at: a place as a share of the file's length. */
type ByteMutation =
  | { kind: 'overwrite'; at: number; bytes: Uint8Array }
  | { kind: 'insert'; at: number; bytes: Uint8Array }
  | { kind: 'delete'; at: number; length: number }
  | { kind: 'repeat'; at: number; length: number }
  | { kind: 'cut'; at: number };

/** Numbers at which counts and offsets go wrong, as 64 or 32 bits. */
const EDGES = [0n, 1n, 2n, 7n, 9n, 255n, 65_535n, 1n << 31n, (1n << 32n) - 1n, 1n << 53n, 1n << 63n, (1n << 64n) - 1n];

const edge = fc.tuple(fc.constantFrom(...EDGES), fc.boolean()).map(([value, isWide]) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return new Uint8Array(bytes.subarray(0, isWide ? 8 : 4));
});

const bytes = fc.oneof(edge, fc.uint8Array({ minLength: 1, maxLength: 12 }));
const at = fc.double({ min: 0, max: 1, noNaN: true });
const length = fc.integer({ min: 1, max: 64 });

/** A few changes to a file's bytes. */
export const byteMutations = fc.array(
  fc.oneof<fc.Arbitrary<ByteMutation>[]>(
    fc.record({ kind: fc.constant('overwrite' as const), at, bytes }),
    fc.record({ kind: fc.constant('insert' as const), at, bytes }),
    fc.record({ kind: fc.constant('delete' as const), at, length }),
    fc.record({ kind: fc.constant('repeat' as const), at, length }),
    fc.record({ kind: fc.constant('cut' as const), at }),
  ),
  { minLength: 1, maxLength: 4 },
);

/** The file with the changes made to its first bytes, one after the other. within: how many bytes those are. */
export function mutateBytes(file: Uint8Array, mutations: readonly ByteMutation[], within = file.length): Buffer {
  let result = Buffer.from(file);
  for (const mutation of mutations) {
    const place = Math.floor(mutation.at * Math.min(within, result.length));
    const [before, after] = [result.subarray(0, place), result.subarray(place)];
    if (mutation.kind === 'cut') result = Buffer.from(before);
    else if (mutation.kind === 'delete') result = Buffer.concat([before, after.subarray(mutation.length)]);
    else if (mutation.kind === 'repeat') result = Buffer.concat([before, after.subarray(0, mutation.length), after]);
    else if (mutation.kind === 'insert') result = Buffer.concat([before, mutation.bytes, after]);
    else result = Buffer.concat([before, mutation.bytes, after.subarray(mutation.bytes.length)]);
  }
  return result;
}

/** One change to a JSON value: which of its places, and what stands there then; undefined takes the place away. */
export interface JsonMutation {
  at: number;
  value: unknown;
}

const ODD_VALUES = [
  undefined,
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 31,
  2 ** 53,
  '',
  'x',
  ' ',
  '__proto__',
  'BPE',
  [],
  {},
  [[]],
  [null],
  { a: 1 },
];

export const jsonMutations = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    value: fc.constantFrom(...ODD_VALUES),
  }),
  { minLength: 1, maxLength: 3 },
);

/** A copy with the changes. Every other choice of a place goes into a list or object, if there is one: most places of a
 *  tokenizer are deep in its vocabulary. */
export function mutateJson(value: unknown, mutations: readonly JsonMutation[]): unknown {
  const root = { value: structuredClone(value) };
  for (const mutation of mutations) {
    const { parent, key } = choosePlace(root, mutation.at);
    if (mutation.value === undefined) delete parent[key];
    else parent[key] = structuredClone(mutation.value);
  }
  return root.value;
}

/** share: from 0 to 1; each choice uses up a part of it. */
function choosePlace(from: object, share: number): { parent: Record<string, unknown>; key: string } {
  const parent = from as Record<string, unknown>;
  const keys = Object.keys(parent);
  const inner = keys.filter((key) => isContainer(parent[key]));
  const goesDown = share < 0.75 && inner.length > 0;
  const rest = goesDown ? share / 0.75 : Math.max(0, (share - 0.75) / 0.25);
  const candidates = goesDown ? inner : keys;
  const place = Math.min(Math.floor(rest * candidates.length), candidates.length - 1);
  const key = candidates[place];
  return goesDown ? choosePlace(parent[key] as object, rest * candidates.length - place) : { parent, key };
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
