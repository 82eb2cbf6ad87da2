import { join } from 'node:path';
import type { Description, Shape, TensorNames } from './architectures/architecture.ts';
import { ConfigFields } from './architectures/config-fields.ts';
import { ARCHITECTURES } from './architectures/known-architectures.ts';
import { parseJsonObject, readBoundedFile } from './bounded-file.ts';
import { countParameters } from './parameter-count.ts';

/** What others need to know of a model's config.json. Plain data: it is stored as JSON. */
export interface ModelConfig extends Shape {
  modelType: string;
  residual: Description['residual'];
  bosTokenId: number | null;
  eosTokenIds: number[];
  /** Trainable parameters, a tied embedding counted once. */
  nParameters: number;
}

const MAX_CONFIG_BYTES = 1_000_000;
const FILE = 'config.json';

/** Reads and checks `config.json` of a Hugging Face directory.
 *  Throws ModelFormatError naming the field, its value and what is supported. */
export async function readModelConfig(directory: string): Promise<ModelConfig> {
  return parseModelConfig(await readRawConfig(directory));
}

/** config.json as it stands. Throws ModelFormatError when it is missing or no JSON object. */
export async function readRawConfig(directory: string): Promise<Record<string, unknown>> {
  return parseJsonObject(await readBoundedFile(join(directory, FILE), MAX_CONFIG_BYTES), FILE);
}

/** The same as readModelConfig, from the parsed file. */
export function parseModelConfig(raw: Record<string, unknown>): ModelConfig {
  return describeModel(raw).config;
}

/** Everything that a config.json says. */
export interface DescribedModel {
  config: ModelConfig;
  description: Description;
  tensors: TensorNames;
}

/** Finds the architecture and reads the file by it. Throws ModelFormatError as readModelConfig does. */
export function describeModel(raw: Record<string, unknown>): DescribedModel {
  const fields = new ConfigFields(raw);
  const modelType = fields.oneOf(
    'model_type',
    ARCHITECTURES.map((architecture) => architecture.modelType),
    'llama',
  );
  const architecture = ARCHITECTURES.find((candidate) => candidate.modelType === modelType) ?? ARCHITECTURES[0];
  const description = architecture.describe(fields);
  const { shape, residual } = description;
  const config: ModelConfig = {
    modelType,
    ...shape,
    residual,
    bosTokenId: fields.tokenIds('bos_token_id', shape.vocabSize)[0] ?? null,
    eosTokenIds: fields.tokenIds('eos_token_id', shape.vocabSize),
    nParameters: countParameters(description),
  };
  return { config, description, tensors: architecture.tensors };
}
