import { architectures, bDecInits, decoderInits, generatorSchema, sparsityLosses } from '@featurescope/contracts';
import type { Draft } from './draft.ts';
import { draftOf } from './generator-draft.ts';
import { applySyntheticPreset, syntheticPresets } from './synthetic-draft.ts';

/** Fields of the dictionary and of training that an address may set. */
const linkedFields = [
  'nLatents',
  'k',
  'prefixes',
  'l1Coefficient',
  'l0Coefficient',
  'targetL0',
  'nTokens',
  'batchSize',
  'learningRate',
  'seed',
  'name',
] as const;

/** What an address such as /runs/new?source=synthetic&generator.nTruths=8&…&k=3 sets: the request's fields, nested ones joined by dots.
 *  A generator that is missing, not whole or not allowed falls back to the first preset, with the dictionary and training that go with it. */
export function draftFromSearch(search: URLSearchParams): Partial<Draft> {
  if (search.get('source') !== 'synthetic') return {};
  const generator = generatorSchema.safeParse(generatorFields(search));
  const architecture = architectures.find((known) => known === search.get('architecture'));
  const sparsityLoss = sparsityLosses.find((known) => known === search.get('sparsityLoss'));
  const decoderInit = decoderInits.find((known) => known === search.get('decoderInit'));
  const bDecInit = bDecInits.find((known) => known === search.get('bDecInit'));
  const given = linkedFields.flatMap((field) => {
    const value = search.get(field);
    return value === null ? [] : [[field, value] as const];
  });
  return {
    source: 'synthetic',
    ...(generator.success ? { generator: draftOf(generator.data) } : applySyntheticPreset(syntheticPresets[0])),
    ...(architecture && { architectures: [architecture] }),
    ...(sparsityLoss && { sparsityLoss }),
    ...(decoderInit && { decoderInit }),
    ...(bDecInit && { bDecInit }),
    ...Object.fromEntries(given),
  };
}

function generatorFields(search: URLSearchParams): object {
  const fields: Record<string, unknown> = {};
  for (const [key, text] of search) {
    const [first, ...path] = key.split('.');
    if (first !== 'generator' || path.length < 1 || path.length > 2) continue;
    const value = text === 'true' || text === 'false' ? text === 'true' : asNumber(text);
    if (path.length === 1) fields[path[0]] = value;
    else fields[path[0]] = { ...(fields[path[0]] as object | undefined), [path[1]]: value };
  }
  return fields;
}

const asNumber = (text: string): number | string =>
  text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
