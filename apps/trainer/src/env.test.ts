import path from 'node:path';
import { expect, test } from 'vitest';
import { parseEnv } from './env.ts';

const DATABASE_URL = 'postgresql://someone@127.0.0.1/featurescope';

test('defaults keep to the loopback and to the repository', () => {
  const env = parseEnv({ DATABASE_URL, WEB_URL: '' });
  expect(env).toMatchObject({ host: '127.0.0.1', port: 0, webUrl: null, demo: true, inferenceUrls: [] });
  expect(path.isAbsolute(env.dataDirectory)).toBe(true);
  expect(env.modelRoots.map((root) => path.basename(root))).toEqual(['models', 'models']);
});

test('any address but 127.0.0.1 needs a token', () => {
  for (const HOST of ['0.0.0.0', '::', 'localhost', '192.168.1.5'])
    expect(() => parseEnv({ DATABASE_URL, HOST })).toThrow(/FEATURESCOPE_TOKEN is required because HOST is/);
  expect(parseEnv({ DATABASE_URL, HOST: '0.0.0.0', FEATURESCOPE_TOKEN: 'x'.repeat(16) }).host).toBe('0.0.0.0');
});

test('every wrong variable is named', () => {
  const bad = { DATABASE_URL: 'mysql://x', PORT: '99999', INFERENCE_URLS: 'file:///etc/passwd' };
  expect(() => parseEnv(bad)).toThrow(/DATABASE_URL[\s\S]*PORT[\s\S]*INFERENCE_URLS/);
  expect(() => parseEnv({ DATABASE_URL, INFERENCE_URLS: 'http://127.0.0.1:1' })).toThrow(
    /INFERENCE_SECRET is required/,
  );
});

test('the hub’s cache and proxies are where other programs look for them', () => {
  const cacheOf = (source: NodeJS.ProcessEnv) => parseEnv({ DATABASE_URL, ...source }).hub.cacheDirectory;
  expect(cacheOf({})).toMatch(/\.cache\/huggingface\/hub$/);
  expect(cacheOf({ XDG_CACHE_HOME: '/cache' })).toBe('/cache/huggingface/hub');
  expect(cacheOf({ XDG_CACHE_HOME: '/cache', HF_HOME: '/home' })).toBe('/home/hub');
  expect(cacheOf({ HF_HOME: '/home', HF_HUB_CACHE: '/hub' })).toBe('/hub');
  const { proxy } = parseEnv({ DATABASE_URL, HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' }).hub;
  expect(proxy).toEqual({ https: 'http://b:2', http: null, none: null });
  expect(parseEnv({ DATABASE_URL, HF_ENDPOINT: 'http://127.0.0.1:1/' }).hub.endpoint).toBe('http://127.0.0.1:1');
});

test('activations are stored below the data directory, or in a bucket', () => {
  const placeOf = (source: NodeJS.ProcessEnv) =>
    parseEnv({ DATABASE_URL, FEATURESCOPE_DATA: '/data', ...source }).activations;
  expect(placeOf({})).toEqual({ directory: '/data/store/activations', bucket: null, quotaBytes: null });
  expect(placeOf({ FEATURESCOPE_ACTIVATIONS_QUOTA: '1.5 TB' }).quotaBytes).toBe(1.5e12);
  expect(() => placeOf({ FEATURESCOPE_ACTIVATIONS_QUOTA: 'much' })).toThrow(
    'FEATURESCOPE_ACTIVATIONS_QUOTA is "much"; it must be a size such as 50GB',
  );
  const FEATURESCOPE_ACTIVATIONS_S3 = 's3://lab-1/team//shards/';
  expect(placeOf({ FEATURESCOPE_ACTIVATIONS_S3, AWS_REGION: 'eu-central-1' }).bucket).toEqual({
    ...{ bucket: 'lab-1', prefix: 'team/shards', endpoint: null, region: 'eu-central-1', pathStyle: false },
  });
  // Other servers than Amazon's want the bucket in the path, unless they are said not to.
  const own = { FEATURESCOPE_ACTIVATIONS_S3: 's3://lab', AWS_ENDPOINT_URL: 'http://minio:9000' };
  expect(placeOf(own).bucket).toMatchObject({ prefix: '', endpoint: 'http://minio:9000', pathStyle: true });
  expect(placeOf({ ...own, FEATURESCOPE_ACTIVATIONS_S3_PATH_STYLE: '0' }).bucket?.pathStyle).toBe(false);
  for (const wrong of ['lab', 's3://', 'https://lab', 's3://LAB'])
    expect(() => placeOf({ FEATURESCOPE_ACTIVATIONS_S3: wrong })).toThrow(/must be s3:\/\/bucket/);
});
