import { homedir } from 'node:os';
import path from 'node:path';
import type { HubOptions } from '@featurescope/hub';
import { z } from 'zod';
import { type ActivationPlace, bucketPlace } from './activations/activation-place.ts';
import { parseByteSize } from './activations/byte-size.ts';

const repositoryRoot = path.resolve(import.meta.dirname, '../../..');

const port = z.coerce.number().int().min(0).max(65_535);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const byteSize = z.string().transform((text, context) => {
  const sizeBytes = parseByteSize(text);
  if (sizeBytes === null) context.addIssue({ code: 'custom', message: `is "${text}"; it must be a size such as 50GB` });
  return sizeBytes ?? 0;
});
const loopback = '127.0.0.1';

const environmentSchema = z
  .object({
    DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// URL'),
    FEATURESCOPE_DATA: z.string().default(path.join(repositoryRoot, 'data')),
    /** 0 takes any free port; the one taken is reported to the parent process. */
    PORT: port.default(0),
    HOST: z.string().default(loopback),
    /** Where Next serves the pages; without it the server answers the API alone. */
    WEB_URL: httpUrl.optional(),
    INFERENCE_URLS: list.pipe(z.array(httpUrl)).default([]),
    INFERENCE_SECRET: z.string().min(16).optional(),
    /** Directories that hold model directories, separated by commas. */
    FEATURESCOPE_MODEL_ROOTS: list.optional(),
    /** Directories below which other people's dictionaries are read, separated by commas. */
    FEATURESCOPE_DICTIONARY_ROOTS: list.optional(),
    /** Most that stored activations may take, such as 50GB; half of the free disk, or 100 GB in a bucket, otherwise. */
    FEATURESCOPE_ACTIVATIONS_QUOTA: byteSize.optional(),
    /** s3://bucket/prefix: activations are stored there and not in FEATURESCOPE_DATA. */
    FEATURESCOPE_ACTIVATIONS_S3: z
      .string()
      .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]+(\/.*)?$/, 'must be s3://bucket or s3://bucket/prefix')
      .optional(),
    /** The bucket in the path and not in the host's name; 1 unless set where an endpoint is given. */
    FEATURESCOPE_ACTIVATIONS_S3_PATH_STYLE: z.enum(['0', '1']).optional(),
    /** The usual variables of S3's clients; credentials are left to the client. */
    AWS_ENDPOINT_URL_S3: z.string().optional(),
    AWS_ENDPOINT_URL: z.string().optional(),
    AWS_REGION: z.string().optional(),
    AWS_DEFAULT_REGION: z.string().optional(),
    /** The hub that models and dictionaries are downloaded from; the library's own default otherwise. */
    HF_ENDPOINT: httpUrl.optional(),
    HF_TOKEN: z.string().optional(),
    /** Hugging Face's cache, shared with other programs: HF_HUB_CACHE, else `hub` in HF_HOME. */
    HF_HUB_CACHE: z.string().optional(),
    HF_HOME: z.string().optional(),
    XDG_CACHE_HOME: z.string().optional(),
    /** Proxies for the hub, under the names that other programs read, in small letters first. */
    ...{ https_proxy: z.string().optional(), HTTPS_PROXY: z.string().optional() },
    ...{ http_proxy: z.string().optional(), HTTP_PROXY: z.string().optional() },
    ...{ no_proxy: z.string().optional(), NO_PROXY: z.string().optional() },
    FEATURESCOPE_DEMO: z.enum(['0', '1']).default('1'),
    FEATURESCOPE_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
    /** Further Host values under which the server may be reached, separated by commas. */
    FEATURESCOPE_HOSTS: list.default([]),
    FEATURESCOPE_TENSOR: z.enum(['native', 'wasm', 'gpu']).optional(),
    /** What interactive requests do with matrices that a GGUF file has in few bits. */
    FEATURESCOPE_GGUF_WEIGHTS: z.enum(['float32', 'packed', 'int8']).default('packed'),
    NODE_ENV: z.string().optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .superRefine((env, context) => {
    if (env.HOST !== loopback && env.FEATURESCOPE_TOKEN === undefined)
      context.addIssue({
        code: 'custom',
        path: ['FEATURESCOPE_TOKEN'],
        message: `is required because HOST is ${env.HOST}: only ${loopback} may be open without a token`,
      });
    if (env.INFERENCE_URLS.length > 0 && env.INFERENCE_SECRET === undefined)
      context.addIssue({ code: 'custom', path: ['INFERENCE_SECRET'], message: 'is required with INFERENCE_URLS' });
  });

export type Env = ReturnType<typeof parseEnv>;

/** The environment of the trainer's three processes, checked once. Throws with one line for each variable that is wrong. */
export function parseEnv(source: NodeJS.ProcessEnv) {
  // An empty variable means the same as none: compose files and shells set them so.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = environmentSchema.safeParse(given);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new Error(`The environment is not usable:\n  ${lines.join('\n  ')}`);
  }
  const { data } = result;
  const hub: HubOptions = {
    endpoint: data.HF_ENDPOINT ?? null,
    token: data.HF_TOKEN ?? null,
    cacheDirectory: path.resolve(data.HF_HUB_CACHE ?? path.join(data.HF_HOME ?? hubHome(data.XDG_CACHE_HOME), 'hub')),
    proxy: {
      https: data.https_proxy ?? data.HTTPS_PROXY ?? null,
      http: data.http_proxy ?? data.HTTP_PROXY ?? null,
      none: data.no_proxy ?? data.NO_PROXY ?? null,
    },
  };
  return {
    databaseUrl: data.DATABASE_URL,
    dataDirectory: path.resolve(data.FEATURESCOPE_DATA),
    port: data.PORT,
    host: data.HOST,
    webUrl: data.WEB_URL ?? null,
    inferenceUrls: data.INFERENCE_URLS,
    inferenceSecret: data.INFERENCE_SECRET ?? null,
    modelRoots: data.FEATURESCOPE_MODEL_ROOTS ?? [
      path.join(path.resolve(data.FEATURESCOPE_DATA), 'models'),
      path.join(repositoryRoot, 'models'),
    ],
    dictionaryRoots: data.FEATURESCOPE_DICTIONARY_ROOTS ?? [
      path.join(path.resolve(data.FEATURESCOPE_DATA), 'dictionaries'),
    ],
    bundledModelDirectory: path.join(repositoryRoot, 'models', 'featurescope-tiny'),
    hub,
    activations: activationPlace(data),
    demo: data.FEATURESCOPE_DEMO === '1',
    token: data.FEATURESCOPE_TOKEN ?? null,
    extraHosts: data.FEATURESCOPE_HOSTS,
    tensor: data.FEATURESCOPE_TENSOR ?? null,
    packedWeights: data.FEATURESCOPE_GGUF_WEIGHTS,
    isDevelopment: data.NODE_ENV === 'development',
    logLevel: data.LOG_LEVEL,
  };
}

function activationPlace(data: z.infer<typeof environmentSchema>): ActivationPlace {
  const quotaBytes = data.FEATURESCOPE_ACTIVATIONS_QUOTA ?? null;
  if (data.FEATURESCOPE_ACTIVATIONS_S3 === undefined)
    return {
      directory: path.join(path.resolve(data.FEATURESCOPE_DATA), 'store', 'activations'),
      bucket: null,
      quotaBytes,
    };
  const endpoint = data.AWS_ENDPOINT_URL_S3 ?? data.AWS_ENDPOINT_URL ?? null;
  const pathStyle = data.FEATURESCOPE_ACTIVATIONS_S3_PATH_STYLE;
  const bucket = bucketPlace(data.FEATURESCOPE_ACTIVATIONS_S3, {
    endpoint,
    region: data.AWS_REGION ?? data.AWS_DEFAULT_REGION ?? null,
    pathStyle: pathStyle === undefined ? endpoint !== null : pathStyle === '1',
  });
  return { directory: null, bucket, quotaBytes };
}

const hubHome = (cacheHome = path.join(homedir(), '.cache')) => path.join(cacheHome, 'huggingface');
