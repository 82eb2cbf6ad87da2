import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { INNER_HOOKS, type InnerHook, parseHookName } from './hook-points.ts';
import type { Intervention } from './intervention.ts';
import type { ModelConfig } from './model-config.ts';
import { float32Tensor, float32Values, int32Tensor } from './onnx-session.ts';
import { ResidualHooks } from './residual-hooks.ts';
import type { RopeConfig } from './rope.ts';
import { RotaryTables } from './rotary-tables.ts';

/** Positions a block runs on at once. */
const SLICE_POSITIONS = 512;

/** What one block is to do: residual is [batch, seqLen, dModel]; outputs names graph outputs. */
interface Chunk {
  residual: Float32Array;
  batch: number;
  seqLen: number;
  outputs: readonly string[];
}

/** By graph output, [batch, seqLen, width]. */
type Values = Record<string, Float32Array>;

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
  readonly #rotary: RotaryTables;

  /** rope: each block's rotary settings; absent, blocks are told nothing about positions. */
  constructor(config: ModelConfig, sessions: readonly InferenceSession[], rope?: (layer: number) => RopeConfig) {
    this.#config = config;
    this.#sessions = sessions;
    this.#rotary = new RotaryTables(config, rope);
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
    let residual = pass.residual;
    await residualHooks.visit(pass.entryNames, residual);
    for (let layer = pass.firstLayer; layer < pass.endLayer; layer++) {
      pass.signal?.throwIfAborted();
      const inner = innerHooksOf(layer, hooks);
      const outputs = ['resid_post', ...inner.map((hook) => INNER_HOOKS[hook])];
      const chunk = { residual, batch, seqLen, outputs };
      const values = cache ? await this.#extend(layer, chunk, cache) : await this.#runInSlices(layer, chunk);
      for (const hook of inner) residualHooks.captured[`blocks.${layer}.${hook}`] = values[INNER_HOOKS[hook]];
      residual = values.resid_post;
      const isEntered = layer + 1 < nLayers;
      const names = [`blocks.${layer}.hook_resid_post`, ...(isEntered ? [`blocks.${layer + 1}.hook_resid_pre`] : [])];
      await residualHooks.visit(names, residual);
    }
    if (cache) cache.nPositions += seqLen;
    return { residual, captured: residualHooks.captured };
  }

  /** One block on positions that follow those in the cache, which it extends. */
  async #extend(layer: number, { residual, batch, seqLen, outputs }: Chunk, cache: KvCache): Promise<Values> {
    const past = cache.blocks[layer];
    const feeds = this.#feeds(layer, residual, { batch, seqLen, startPosition: cache.nPositions });
    const produced = await this.#sessions[layer].run(
      { ...feeds, ...(past && { past_key: past.key, past_value: past.value }) },
      [...outputs, 'present_key', 'present_value'],
    );
    cache.blocks[layer] = { key: produced.present_key, value: produced.present_value };
    return valuesOf(produced, outputs);
  }

  /** One block on whole texts, some at a time: about a fifth faster than all at once, because what lies between the
   *  operators stays in the processor's cache, and memory does not grow with the batch. */
  async #runInSlices(layer: number, { residual, batch, seqLen, outputs }: Chunk): Promise<Values> {
    const sliceTexts = Math.max(1, Math.floor(SLICE_POSITIONS / seqLen));
    const textWidth = seqLen * this.#config.dModel;
    const whole: Values = {};
    for (let begin = 0; begin < batch; begin += sliceTexts) {
      const size = Math.min(sliceTexts, batch - begin);
      const texts = residual.subarray(begin * textWidth, (begin + size) * textWidth);
      const feeds = this.#feeds(layer, texts, { batch: size, seqLen, startPosition: 0 });
      const slice = valuesOf(await this.#sessions[layer].run(feeds, outputs), outputs);
      if (size === batch) return slice;
      for (const [name, values] of Object.entries(slice)) {
        const perText = values.length / size;
        whole[name] ??= new Float32Array(perText * batch);
        whole[name].set(values, begin * perText);
      }
    }
    return whole;
  }

  /** A block's inputs. Padding is on the right and attention is causal, so real positions never see it: every text may
   *  claim the full length. */
  #feeds(
    layer: number,
    residual: Float32Array,
    at: { batch: number; seqLen: number; startPosition: number },
  ): Record<string, Tensor> {
    const { nKvHeads, headDim, dModel } = this.#config;
    const total = at.startPosition + at.seqLen;
    const nothing = float32Tensor(new Float32Array(0), [at.batch, nKvHeads, 0, headDim]);
    return {
      residual: float32Tensor(residual, [at.batch, at.seqLen, dModel]),
      past_key: nothing,
      past_value: nothing,
      last_position: int32Tensor(new Int32Array(at.batch).fill(total - 1), [at.batch]),
      total_positions: int32Tensor(Int32Array.of(total), []),
      ...this.#rotary.of(layer, total),
    };
  }

  async dispose(): Promise<void> {
    for (const session of this.#sessions) await session.release();
  }
}

function valuesOf(produced: InferenceSession.OnnxValueMapType, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, float32Values(produced[name] as Tensor)]));
}

function innerHooksOf(layer: number, hooks: ReadonlySet<string>): InnerHook[] {
  return (Object.keys(INNER_HOOKS) as InnerHook[]).filter((hook) => hooks.has(`blocks.${layer}.${hook}`));
}

/** How many blocks must run before every one of the named hooks has been reached. */
export function layersNeeded(hookNames: Iterable<string>, config: ModelConfig): number {
  let needed = 0;
  for (const name of hookNames) {
    const address = parseHookName(name, config);
    const reached =
      address.kind === 'resid_pre' || address.kind === 'embed' ? Math.max(address.layer, 0) : address.layer + 1;
    needed = Math.max(needed, reached);
  }
  return needed;
}
