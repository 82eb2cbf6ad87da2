import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { BlockStack, Segment } from './block-stack.ts';
import { blockValue } from './blocks-graph.ts';
import { INNER_HOOKS, type InnerHook, parseHookName } from './hook-points.ts';
import type { Intervention } from './intervention.ts';
import type { KvCache } from './kv-cache.ts';
import type { ModelConfig } from './model-config.ts';
import { float32Tensor, float32Values, int32Tensor } from './onnx-session.ts';
import { ResidualHooks } from './residual-hooks.ts';
import type { RopeConfig } from './rope.ts';
import { RotaryTables } from './rotary-tables.ts';

/** Positions that blocks run on at once. */
const SLICE_POSITIONS = 512;

/** What one segment is to do: residual is [batch, seqLen, dModel]; outputs names graph outputs. */
interface Chunk {
  residual: Float32Array;
  batch: number;
  seqLen: number;
  outputs: readonly string[];
}

/** By graph output, [batch, seqLen, width]. */
type Values = Record<string, Float32Array>;

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

/** Passes through the blocks; the residual stream leaves the runtime as a Float32Array where it is read or changed. */
export class Transformer {
  readonly #config: ModelConfig;
  readonly #stack: BlockStack;
  readonly #rotary: RotaryTables;

  /** rope: each block's rotary settings; absent, blocks are told nothing about positions. */
  constructor(config: ModelConfig, stack: BlockStack, rope?: (layer: number) => RopeConfig) {
    this.#config = config;
    this.#stack = stack;
    this.#rotary = new RotaryTables(config, rope);
  }

  get weightBytes(): number {
    return this.#stack.weightBytes;
  }

  /** Returns the residual stream that leaves the last of the blocks, and what was captured by hook name. */
  async forward(pass: ForwardPass): Promise<{ residual: Float32Array; captured: Record<string, Float32Array> }> {
    const { hooks, interventions, firstLayer, endLayer } = pass;
    const names = [...hooks, ...interventions.map(({ hookName }) => hookName)];
    const held = await this.#stack.hold(firstLayer, endLayer, boundaries(names, this.#config));
    try {
      return await this.#run(pass, held.segments);
    } finally {
      held.release();
    }
  }

  async #run(
    pass: ForwardPass,
    segments: readonly Segment[],
  ): Promise<{ residual: Float32Array; captured: Record<string, Float32Array> }> {
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
    for (const segment of segments) {
      pass.signal?.throwIfAborted();
      const layer = segment.endLayer - 1;
      const inner = innerHooksOf(layer, hooks);
      const residPost = blockValue(layer, 'resid_post');
      const outputs = [residPost, ...inner.map((hook) => blockValue(layer, INNER_HOOKS[hook]))];
      const chunk = { residual, batch, seqLen, outputs };
      const values = cache ? await this.#extend(segment, chunk, cache) : await this.#runInSlices(segment, chunk);
      for (const hook of inner) {
        residualHooks.captured[`blocks.${layer}.${hook}`] = values[blockValue(layer, INNER_HOOKS[hook])];
      }
      residual = values[residPost];
      const isEntered = layer + 1 < nLayers;
      const names = [`blocks.${layer}.hook_resid_post`, ...(isEntered ? [`blocks.${layer + 1}.hook_resid_pre`] : [])];
      await residualHooks.visit(names, residual);
    }
    if (cache) cache.nPositions += seqLen;
    return { residual, captured: residualHooks.captured };
  }

  /** One segment on positions that follow those in the cache, which it extends. */
  async #extend(segment: Segment, { residual, batch, seqLen, outputs }: Chunk, cache: KvCache): Promise<Values> {
    const { nKvHeads, headDim } = this.#config;
    const feeds = this.#feeds(segment, residual, { batch, seqLen, startPosition: cache.nPositions });
    const parts = layersOf(segment).flatMap((layer) => [blockValue(layer, 'key'), blockValue(layer, 'value')]);
    for (const part of parts) feeds[`past_${part}`] = cache.past(part, [batch, nKvHeads, headDim]);
    const produced = await segment.session.run(feeds, [...outputs, ...parts.map((part) => `new_${part}`)]);
    for (const part of parts) {
      const added = float32Values(produced[`new_${part}`] as Tensor);
      cache.append(part, added, { nRows: batch * nKvHeads, nPositions: seqLen, headDim });
    }
    return valuesOf(produced, outputs);
  }

  /** One segment on whole texts, some at a time: about a fifth faster than all at once, because what lies between the
   *  operators stays in the processor's cache, and memory does not grow with the batch. */
  async #runInSlices(segment: Segment, { residual, batch, seqLen, outputs }: Chunk): Promise<Values> {
    const sliceTexts = Math.max(1, Math.floor(SLICE_POSITIONS / seqLen));
    const textWidth = seqLen * this.#config.dModel;
    const whole: Values = {};
    for (let begin = 0; begin < batch; begin += sliceTexts) {
      const size = Math.min(sliceTexts, batch - begin);
      const texts = residual.subarray(begin * textWidth, (begin + size) * textWidth);
      const feeds = this.#feeds(segment, texts, { batch: size, seqLen, startPosition: 0 });
      const slice = valuesOf(await segment.session.run(feeds, outputs), outputs);
      if (size === batch) return slice;
      for (const [name, values] of Object.entries(slice)) {
        const perText = values.length / size;
        whole[name] ??= new Float32Array(perText * batch);
        whole[name].set(values, begin * perText);
      }
    }
    return whole;
  }

  /** A segment's inputs, with nothing in the past. Padding is on the right and attention is causal, so real positions
   *  never see it: every text may claim the full length. */
  #feeds(
    segment: Segment,
    residual: Float32Array,
    at: { batch: number; seqLen: number; startPosition: number },
  ): Record<string, Tensor> {
    const { nKvHeads, headDim, dModel } = this.#config;
    const total = at.startPosition + at.seqLen;
    const nothing = float32Tensor(new Float32Array(0), [at.batch, nKvHeads, 0, headDim]);
    const feeds: Record<string, Tensor> = {
      residual: float32Tensor(residual, [at.batch, at.seqLen, dModel]),
      last_position: int32Tensor(new Int32Array(at.batch).fill(total - 1), [at.batch]),
      total_positions: int32Tensor(Int32Array.of(total), []),
      first_position: new Tensor('int64', BigInt64Array.of(BigInt(at.startPosition)), [1]),
    };
    for (const layer of layersOf(segment)) {
      feeds[blockValue(layer, 'past_key')] = nothing;
      feeds[blockValue(layer, 'past_value')] = nothing;
      Object.assign(feeds, this.#rotary.of(layer, total));
    }
    return feeds;
  }

  async dispose(): Promise<void> {
    await this.#stack.dispose();
  }
}

const layersOf = ({ firstLayer, endLayer }: Segment) =>
  Array.from({ length: endLayer - firstLayer }, (_, i) => firstLayer + i);

function valuesOf(produced: InferenceSession.OnnxValueMapType, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, float32Values(produced[name] as Tensor)]));
}

function innerHooksOf(layer: number, hooks: ReadonlySet<string>): InnerHook[] {
  return (Object.keys(INNER_HOOKS) as InnerHook[]).filter((hook) => hooks.has(`blocks.${layer}.${hook}`));
}

/** How many blocks must run before every one of the named hooks has been reached. */
export function layersNeeded(hookNames: Iterable<string>, config: ModelConfig): number {
  return Math.max(0, ...boundaries(hookNames, config));
}

/** For each of the named hooks the number of blocks that have run when it is reached. */
export function boundaries(hookNames: Iterable<string>, config: Pick<ModelConfig, 'nLayers' | 'residual'>): number[] {
  return Array.from(hookNames, (name) => {
    const { kind, layer } = parseHookName(name, config);
    return kind === 'resid_pre' || kind === 'embed' ? Math.max(layer, 0) : layer + 1;
  });
}
