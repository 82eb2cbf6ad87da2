import {
  type ActivationsResponse,
  activationsResponseSchema,
  errorResponseSchema,
  type FeatureNeurons,
  featureNeuronsSchema,
  type GenerateRequest,
  type GenerateResponse,
  generateResponseSchema,
  type NeuronFeatures,
  neuronFeaturesSchema,
  type PredictRequest,
  type PredictResponse,
  predictResponseSchema,
  type TensorBackend,
  tensorBackendSchema,
} from '@featurescope/contracts';
import { z } from 'zod';
import { AppError } from '../../app-error.ts';

const requestTimeoutMs = 60_000;
const healthTimeoutMs = 2000;

export interface InferenceClient {
  /** Null when no inference process answers. */
  tensorBackend(): Promise<TensorBackend | null>;
  /** Labels are null: inference does not look them up. */
  activations(request: { runId: string; text: string; featureIndex?: number }): Promise<ActivationsResponse>;
  predict(request: PredictRequest & { modelId: string }): Promise<PredictResponse>;
  generate(request: GenerateRequest & { modelId: string }): Promise<GenerateResponse>;
  /** Explains a feature again; the label is in the database when this returns. */
  explain(request: { runId: string; featureIndex: number }): Promise<void>;
  featureNeurons(request: { runId: string; featureIndex: number; count: number }): Promise<FeatureNeurons>;
  /** Labels are null here too. */
  neuronFeatures(request: { runId: string; neuron: number; count: number }): Promise<NeuronFeatures>;
  /** Starts an experiment; what it writes comes as events. */
  startSteering(request: { experimentId: string }): Promise<void>;
  /** Starts a causal check; its row tells how far it is and what it found. */
  startCausalCheck(request: { checkId: string }): Promise<void>;
}

/** Talks to the inference processes named by the environment, and to no other: redirects are refused. Throws AppError
 *  inference_unavailable when none answers, and with the code that inference gave when it refuses. */
export function createInferenceClient(urls: string[], secret: string | null): InferenceClient {
  let turn = 0;

  /** Tries each process once, beginning with the next in turn. */
  async function ask(path: string, body: object | null, timeoutMs: number): Promise<unknown> {
    let cause: unknown = new Error('INFERENCE_URLS is empty');
    const first = turn++;
    for (let i = 0; i < urls.length; i++) {
      try {
        return await askOne(`${urls[(first + i) % urls.length]}${path}`, body, timeoutMs);
      } catch (error) {
        if (error instanceof AppError) throw error;
        cause = error;
      }
    }
    const message =
      'The inference process does not answer. Wait a few seconds and try again; if it lasts, see its log.';
    throw new AppError('inference_unavailable', message, { cause });
  }

  async function askOne(url: string, body: object | null, timeoutMs: number): Promise<unknown> {
    const response = await fetch(url, {
      method: body === null ? 'GET' : 'POST',
      headers: {
        'x-featurescope-secret': secret ?? '',
        ...(body === null ? {} : { 'content-type': 'application/json' }),
      },
      body: body === null ? undefined : JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    const refusal = errorResponseSchema.safeParse(JSON.parse(text));
    if (!refusal.success) throw new Error(`Inference answered ${response.status}`);
    const { code, message, field } = refusal.data.error;
    throw new AppError(code, message, { field });
  }

  return {
    async tensorBackend() {
      try {
        const answer = await ask('/health', null, healthTimeoutMs);
        return z.object({ tensor: tensorBackendSchema }).parse(answer).tensor;
      } catch {
        return null;
      }
    },
    async activations(request) {
      return activationsResponseSchema.parse(await ask('/activations', request, requestTimeoutMs));
    },
    async predict(request) {
      return predictResponseSchema.parse(await ask('/predict', request, requestTimeoutMs));
    },
    async generate(request) {
      return generateResponseSchema.parse(await ask('/generate', request, requestTimeoutMs));
    },
    async explain(request) {
      await ask('/explain', request, requestTimeoutMs);
    },
    async featureNeurons(request) {
      return featureNeuronsSchema.parse(await ask('/feature-neurons', request, requestTimeoutMs));
    },
    async neuronFeatures(request) {
      return neuronFeaturesSchema.parse(await ask('/neuron-features', request, requestTimeoutMs));
    },
    async startSteering(request) {
      await ask('/steering', request, requestTimeoutMs);
    },
    async startCausalCheck(request) {
      await ask('/causal-checks', request, requestTimeoutMs);
    },
  };
}
