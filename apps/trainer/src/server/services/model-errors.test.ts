import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HubClient, HubError } from '@featurescope/hub';
import { readModelConfig } from '@featurescope/lm/config';
import { expect, test } from 'vitest';
import { failureMessage, invalidModel } from './model-errors.ts';

test('what packages say of a model becomes what a client may see', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'featurescope-errors-'));
  await writeFile(path.join(directory, 'config.json'), '{');
  const broken = await readModelConfig(directory).catch(invalidModel);
  expect(broken).toMatchObject({
    name: 'AppError',
    code: 'model_invalid',
    message: expect.stringContaining('config.json'),
  });
  await rm(directory, { recursive: true });

  const hub = new HubClient({ endpoint: 'http://127.0.0.1:9', token: null, cacheDirectory: directory });
  const unreachable = await hub.list('org/model', 'main').catch(invalidModel);
  expect(unreachable).toMatchObject({ code: 'hub_unavailable', message: expect.stringContaining('cannot be reached') });
  expect(invalidModel(new HubError('disk_full', 'full'))).toMatchObject({ code: 'disk_full' });
});

test('a failure of the server’s own is not told', () => {
  expect(failureMessage(new TypeError('secret of the code'))).toBeNull();
  expect(failureMessage(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toContain('disk is full');
  expect(failureMessage(Object.assign(new Error('x'), { code: 'EACCES', path: '/cache' }))).toContain('/cache may not');
});
