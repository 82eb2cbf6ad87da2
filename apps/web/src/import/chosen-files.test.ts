import { expect, test } from 'vitest';
import { dictionaryFilesOf } from './chosen-files.ts';

const known = ['cfg.json', 'sae_weights.safetensors', 'params.npz'];
const file = (name: string, webkitRelativePath = '', size = 10) => ({ name, webkitRelativePath, size });

test('of a folder, the files of its dictionary and the path that may tell the hook', () => {
  const files = [
    file('README.md', 'release/README.md'),
    file('cfg.json', 'release/layer_3/cfg.json'),
    file('sae_weights.safetensors', 'release/layer_3/sae_weights.safetensors'),
  ];
  expect(dictionaryFilesOf(files, known)).toEqual({ files: files.slice(1), folder: 'release/layer_3' });
});

test('none of several dictionaries is guessed', () => {
  const files = [2, 3, 4, 5].map((layer) => file('params.npz', `release/layer_${layer}/params.npz`));
  expect(dictionaryFilesOf(files.slice(0, 2), known)).toBe(
    'There are dictionaries in “release/layer_2” and “release/layer_3”. Choose one of these folders.',
  );
  expect(dictionaryFilesOf(files, known)).toMatch(/“release\/layer_4” and 1 more folders/);
});

test('a file that no format has is left to the server to explain', () => {
  expect(dictionaryFilesOf([file('ae.pt')], known)).toEqual({ files: [file('ae.pt')], folder: '' });
  expect(dictionaryFilesOf([file('cfg.json', '', 0)], known)).toBe('cfg.json is empty.');
  expect(dictionaryFilesOf([], known)).toBe('There are no files.');
});
