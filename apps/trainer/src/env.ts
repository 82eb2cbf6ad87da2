import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const repositoryRoot = path.resolve(import.meta.dirname, '../../..');

const port = z.coerce.number().int().min(0).max(65_535);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
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
    /** The hub that models are downloaded from; the library's own default otherwise. */
    HF_ENDPOINT: httpUrl.optional(),
    HF_TOKEN: z.string().optional(),
    /** Hugging Face's cache, shared with other programs: HF_HUB_CACHE, else `hub` in HF_HOME. */
    HF_HUB_CACHE: z.string().optional(),
    HF_HOME: z.string().optional(),
    XDG_CACHE_HOME: z.string().optional(),
    FEATURESCOPE_DEMO: z.enum(['0', '1']).default('1'),
    FEATURESCOPE_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
    /** Further Host values under which the server may be reached, separated by commas. */
    FEATURESCOPE_HOSTS: list.default([]),
    FEATURESCOPE_TENSOR: z.enum(['native', 'wasm', 'gpu']).optional(),
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
    hub: {
      endpoint: data.HF_ENDPOINT ?? null,
      token: data.HF_TOKEN ?? null,
      cacheDirectory: path.resolve(data.HF_HUB_CACHE ?? path.join(data.HF_HOME ?? hubHome(data.XDG_CACHE_HOME), 'hub')),
    },
    demo: data.FEATURESCOPE_DEMO === '1',
    token: data.FEATURESCOPE_TOKEN ?? null,
    extraHosts: data.FEATURESCOPE_HOSTS,
    tensor: data.FEATURESCOPE_TENSOR ?? null,
    isDevelopment: data.NODE_ENV === 'development',
    logLevel: data.LOG_LEVEL,
  };
}

const hubHome = (cacheHome = path.join(homedir(), '.cache')) => path.join(cacheHome, 'huggingface');
