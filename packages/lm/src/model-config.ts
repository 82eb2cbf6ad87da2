import { basename, join } from 'node:path';
import type { Description, Shape, TensorNames } from './architectures/architecture.ts';
import { ConfigFields } from './architectures/config-fields.ts';
import { ARCHITECTURES } from './architectures/known-architectures.ts';
import { parseJsonObject, readBoundedFile } from './bounded-file.ts';
import { findGguf } from './gguf/find-gguf.ts';
import { readGgufConfig } from './gguf/gguf-config.ts';
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

/** Reads and checks the configuration of a model: `config.json` of a directory, or a GGUF file's metadata.
 *  Throws ModelFormatError naming the file, the field, its value and what is supported. */
export async function readModelConfig(path: string): Promise<ModelConfig> {
  return (await readDescribedModel(path)).config;
}

/** config.json as it stands, or what a GGUF file has in its place. */
export async function readRawConfig(path: string): Promise<Record<string, unknown>> {
  const gguf = await findGguf(path);
  return gguf === null
    ? parseJsonObject(await readBoundedFile(join(path, FILE), MAX_CONFIG_BYTES), FILE)
    : readGgufConfig(gguf);
}

/** What Gemma 3 and others with vision are not. */
const languageModelAlone =
  'a language model by itself: here it is a part, under "text_config", of a model that reads more than text. Add its text-only version, or a GGUF file of it';

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

/** readModelConfig with everything else that the file says. */
export async function readDescribedModel(path: string): Promise<DescribedModel> {
  const gguf = await findGguf(path);
  return describeModel(await readRawConfig(path), gguf === null ? FILE : basename(gguf));
}

/** Finds the architecture and reads the fields by it. file: what messages name. */
export function describeModel(raw: Record<string, unknown>, file = FILE): DescribedModel {
  const fields = new ConfigFields(raw, file);
  if (typeof raw.text_config === 'object' && raw.text_config !== null)
    fields.refuse('model_type', raw.model_type, languageModelAlone);
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
