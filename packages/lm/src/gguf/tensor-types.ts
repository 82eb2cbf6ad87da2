/** How a tensor's elements are packed: blocks of `elements` values in `bytes` bytes (ggml's ggml_type and its numbers). */
export interface TensorType {
  name: keyof typeof SIZES;
  elements: number;
  bytes: number;
}

const SIZES = {
  F32: { id: 0, elements: 1, bytes: 4 },
  F16: { id: 1, elements: 1, bytes: 2 },
  Q4_0: { id: 2, elements: 32, bytes: 18 },
  Q4_1: { id: 3, elements: 32, bytes: 20 },
  Q5_0: { id: 6, elements: 32, bytes: 22 },
  Q5_1: { id: 7, elements: 32, bytes: 24 },
  Q8_0: { id: 8, elements: 32, bytes: 34 },
  Q4_K: { id: 12, elements: 256, bytes: 144 },
  Q5_K: { id: 13, elements: 256, bytes: 176 },
  Q6_K: { id: 14, elements: 256, bytes: 210 },
  BF16: { id: 30, elements: 1, bytes: 2 },
} as const;

export const TENSOR_TYPES: ReadonlyMap<number, TensorType> = new Map(
  Object.entries(SIZES).map(([name, { id, elements, bytes }]) => [
    id,
    { name: name as TensorType['name'], elements, bytes },
  ]),
);
