import { type ModelShape, type ParameterSlot, parameterSlots } from '../transformer/shape.ts';
import type { NamedMatrix } from './safetensors.ts';

/** The flat parameters under the names and in the [out, in] layout of transformers' LlamaForCausalLM. The unembedding is
 *  tied and not stored twice. */
export function huggingFaceTensors(flat: Float32Array, shape: ModelShape): NamedMatrix[] {
  const { nHeads, nKeyValueHeads, dHead, dFeedForward } = shape;
  return parameterSlots(shape).flatMap((slot) => {
    const whole = flat.subarray(slot.offset, slot.offset + slot.size);
    const [layer, part] = slot.name.includes('.') ? slot.name.split('.') : [undefined, slot.name];
    const prefix = layer === undefined ? 'model' : `model.layers.${layer}`;
    const columns = (name: string, first: number, width: number) => ({
      name: `${prefix}.${name}.weight`,
      ...outByIn(whole, slot, { first, width }),
    });
    switch (part) {
      case 'embedding':
        return [{ name: 'model.embed_tokens.weight', shape: slot.shape, values: whole }];
      case 'finalNorm':
        return [{ name: 'model.norm.weight', shape: slot.shape, values: whole }];
      case 'attentionNorm':
        return [{ name: `${prefix}.input_layernorm.weight`, shape: slot.shape, values: whole }];
      case 'feedForwardNorm':
        return [{ name: `${prefix}.post_attention_layernorm.weight`, shape: slot.shape, values: whole }];
      case 'queryKeyValue': {
        const queries = nHeads * dHead;
        const keys = nKeyValueHeads * dHead;
        return [
          columns('self_attn.q_proj', 0, queries),
          columns('self_attn.k_proj', queries, keys),
          columns('self_attn.v_proj', queries + keys, keys),
        ];
      }
      case 'attentionOut':
        return [columns('self_attn.o_proj', 0, shape.dModel)];
      case 'gateUp':
        return [columns('mlp.gate_proj', 0, dFeedForward), columns('mlp.up_proj', dFeedForward, dFeedForward)];
      case 'down':
        return [columns('mlp.down_proj', 0, shape.dModel)];
      default:
        throw new Error(`Parameter ${slot.name} has no name in the Hugging Face layout`);
    }
  });
}

/** Columns [first, first + width) of an [in, out] matrix, transposed to [out, in]. */
function outByIn(
  matrix: Float32Array,
  slot: ParameterSlot,
  { first, width }: { first: number; width: number },
): { shape: number[]; values: Float32Array } {
  const [rows, columns] = slot.shape as [number, number];
  const values = new Float32Array(rows * width);
  for (let out = 0; out < width; out++) {
    for (let row = 0; row < rows; row++) values[out * rows + row] = matrix[row * columns + first + out]!;
  }
  return { shape: [width, rows], values };
}
