import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { INNER_HOOKS, type InnerHook, parseHookName } from './hook-points.ts';
import type { Intervention } from './intervention.ts';
import type { ModelConfig } from './model-config.ts';
import { float32Tensor, float32Values, int32Tensor } from './onnx-session.ts';
import { ResidualHooks } from './residual-hooks.ts';
import { type RotaryTables, rotaryTables } from './rope.ts';

/** Keys and values of the positions already seen, for each block. */
export class KvCache {
  readonly blocks: { key: Tensor; value: Tensor }[] = [];
  nPositions = 0;
}

/** One pass of a chunk of positions through blocks firstLayer to endLayer − 1. */
export interface ForwardPass {
  /** [batch, seqLen, dModel], the residual stream that enters the first of the blocks. Interventions may change it. */
  residual: Float32Array;
  batch: number;
  seqLen: number;
  /** [batch] */
  lengths: Int32Array;
  firstLayer: number;
  endLayer: number;
  /** Names that `residual` has on entry, for instance hook_embed and blocks.0.hook_resid_pre. */
  entryNames: readonly string[];
  hooks: ReadonlySet<string>;
  interventions: readonly Intervention[];
  /** Continues after the positions in it, and is extended. */
  cache?: KvCache;
  signal?: AbortSignal;
}

/** The stack of blocks, one runtime session each; the residual stream passes between them as a Float32Array. */
export class Transformer {
  readonly #config: ModelConfig;
  readonly #sessions: readonly InferenceSession[];
  readonly #cos: Tensor;
  readonly #sin: Tensor;

  constructor(config: ModelConfig, sessions: readonly InferenceSession[]) {
    this.#config = config;
    this.#sessions = sessions;
    const tables: RotaryTables = rotaryTables(config.rope, config.headDim, config.contextSize);
    const shape = [config.contextSize, config.headDim / 2];
    this.#cos = float32Tensor(tables.cos, shape);
    this.#sin = float32Tensor(tables.sin, shape);
  }

  /** Returns the residual stream that leaves the last of the blocks, and what was captured by hook name. */
  async forward(pass: ForwardPass): Promise<{ residual: Float32Array; captured: Record<string, Float32Array> }> {
    const { batch, seqLen, lengths, cache, hooks } = pass;
    const { dModel, nLayers } = this.#config;
    const startPosition = cache?.nPositions ?? 0;
    const residualHooks = new ResidualHooks(hooks, pass.interventions, {
      batch,
      seqLen,
      startPosition,
      dModel,
      lengths,
    });
    const feeds = this.#attentionFeeds(batch, startPosition + seqLen);
    let residual = pass.residual;
    await residualHooks.visit(pass.entryNames, residual);
    for (let layer = pass.firstLayer; layer < pass.endLayer; layer++) {
      pass.signal?.throwIfAborted();
      const inner = innerHooksOf(layer, hooks);
      const past = cache?.blocks[layer];
      const outputs = await this.#sessions[layer].run(
        {
          ...feeds,
          residual: float32Tensor(residual, [batch, seqLen, dModel]),
          ...(past && { past_key: past.key, past_value: past.value }),
        },
        ['resid_post', ...inner.map((hook) => INNER_HOOKS[hook]), ...(cache ? ['present_key', 'present_value'] : [])],
      );
      for (const hook of inner) {
        residualHooks.captured[`blocks.${layer}.${hook}`] = float32Values(outputs[INNER_HOOKS[hook]]);
      }
      if (cache) cache.blocks[layer] = { key: outputs.present_key, value: outputs.present_value };
      residual = float32Values(outputs.resid_post);
      const isEntered = layer + 1 < nLayers;
      const names = [`blocks.${layer}.hook_resid_post`, ...(isEntered ? [`blocks.${layer + 1}.hook_resid_pre`] : [])];
      await residualHooks.visit(names, residual);
    }
    if (cache) cache.nPositions += seqLen;
    return { residual, captured: residualHooks.captured };
  }

  /** Inputs that are the same for every block. Padding is on the right and attention is causal, so real positions
   *  never see it: every row may claim the full length. */
  #attentionFeeds(batch: number, totalPositions: number): Record<string, Tensor> {
    const empty = float32Tensor(new Float32Array(0), [batch, this.#config.nKvHeads, 0, this.#config.headDim]);
    return {
      past_key: empty,
      past_value: empty,
      last_position: int32Tensor(new Int32Array(batch).fill(totalPositions - 1), [batch]),
      total_positions: int32Tensor(Int32Array.of(totalPositions), []),
      cos: this.#cos,
      sin: this.#sin,
    };
  }

  async dispose(): Promise<void> {
    for (const session of this.#sessions) await session.release();
  }
}

function innerHooksOf(layer: number, hooks: ReadonlySet<string>): InnerHook[] {
  return (Object.keys(INNER_HOOKS) as InnerHook[]).filter((hook) => hooks.has(`blocks.${layer}.${hook}`));
}

/** How many blocks must run before every one of the named hooks has been reached. */
export function layersNeeded(hookNames: Iterable<string>, nLayers: number): number {
  let needed = 0;
  for (const name of hookNames) {
    const address = parseHookName(name, nLayers);
    const reached =
      address.kind === 'resid_pre' || address.kind === 'embed' ? Math.max(address.layer, 0) : address.layer + 1;
    needed = Math.max(needed, reached);
  }
  return needed;
}
