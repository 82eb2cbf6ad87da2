import { expect, it } from 'vitest';
import { splitHubPlace } from './hub-place.ts';

it.each([
  ['org/name', 'org/name', undefined],
  [' org/name/ ', 'org/name', undefined],
  ['org/name/layer_20/width_16k', 'org/name', 'layer_20/width_16k'],
  ['gpt2', 'gpt2', undefined],
])('reads %j', (place, repo, path) => {
  expect(splitHubPlace(place)).toEqual({ repo, path });
});
