import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from '../../reference/published-formats.golden.json' with { type: 'json' };
import saelens from '../../reference/saelens-architectures.golden.json' with { type: 'json' };
import { encodeSafetensors } from '../safetensors.ts';
import { bytesOf, compute, type GoldenCase, worstDifference } from '../testing/golden-case.ts';
import { type DictionaryFile, importDictionary } from './import-dictionary.ts';
import { toSaelensDirectory } from './saelens-writer.ts';

const cases = golden as unknown as Record<string, GoldenCase & { location: string }>;
const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function directory(files: Record<string, Uint8Array>): DictionaryFile[] {
  return Object.entries(files).map(([name, bytes]) => ({ name, sizeBytes: bytes.length, read: async () => bytes }));
}

beforeAll(async () => {
  await startTestBackend();
});

it.each(Object.entries(cases))('%s: computes what the published formulas give', async (_, expected) => {
  const dictionary = await importDictionary(directory(bytesOf(expected.files)), expected.location);
  const computed = compute(dictionary, Float32Array.from(expected.rows));
  // float32 against float64, sums of up to 32 products.
  expect(worstDifference(computed.acts, expected.acts)).toBeLessThan(1e-5);
  expect(worstDifference(computed.decoded, expected.decoded)).toBeLessThan(1e-5);
  expect(worstDifference(computed.output, expected.output ?? expected.decoded)).toBeLessThan(1e-5);
});

describe('says what it found', () => {
  it.each([
    [
      'Gemma Scope',
      'A Gemma Scope dictionary (params.npz): jumprelu, 16 → 32 latents, of blocks.20.hook_resid_post in gemma-2-2b',
    ],
    ['Gemma Scope, packed', /of blocks\.3\.attn\.hook_z in gemma-2-9b-it$/],
    ['Gemma Scope, halves', /of blocks\.0\.hook_mlp_out in gemma-2-2b$/],
    ['Gemma Scope, Fortran order', 'A Gemma Scope dictionary (params.npz): jumprelu, 16 → 32 latents'],
    ['Gemma Scope, embedding', /of hook_embed in gemma-2-2b$/],
    ['Gemma Scope 2, skip transcoder', /^A Gemma Scope 2 dictionary \(params.safetensors\): jumprelu transcoder/],
    [
      'sparsify',
      'A sparsify directory (cfg.json, sae.safetensors): topk, 16 → 32 latents, of blocks.5.hook_resid_post',
    ],
    ['sparsify, number of latents', /of blocks\.3\.hook_mlp_out$/],
    [
      'dictionary_learning, BatchTopKSAE',
      /^A dictionary_learning directory .*jumprelu.*of blocks\.3\.hook_resid_post in EleutherAI\/pythia-70m-deduped$/,
    ],
  ])('%s', async (name, expected) => {
    const { files, location } = cases[name];
    const { found, notes, metadata } = await importDictionary(directory(bytesOf(files)), location);
    expect(found).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
    const isVague = metadata.hookName === undefined;
    expect(notes.some((note) => note.includes('choose the hook'))).toBe(isVague && name.startsWith('Gemma'));
  });

  it('heads where Gemma Scope reads them, for SAELens to concatenate', async () => {
    const { files, location } = cases['Gemma Scope, packed'];
    const { config, weights, metadata } = await importDictionary(directory(bytesOf(files)), location);
    const cfg = JSON.parse(toSaelensDirectory(config, weights, metadata)['cfg.json']);
    expect(cfg).toMatchObject({ reshape_activations: 'hook_z', metadata: { hook_name: 'blocks.3.attn.hook_z' } });
  });

  it('a SAELens directory, with what lies beside it', async () => {
    const saved = (saelens as Record<string, GoldenCase>)['standard, checkpoint with a scale'];
    const dictionary = await importDictionary(directory({ ...bytesOf(saved.files), 'README.md': text('') }));
    expect(dictionary.found).toBe('A SAELens directory (cfg.json, sae_weights.safetensors): standard, 16 → 32 latents');
    expect(dictionary.notes).toEqual(['The input scale 0.37 is folded into the weights.']);
  });
});

describe('refuses', () => {
  it('a pickle, unopened, and says how to convert it', async () => {
    const never = { name: 'ae.pt', sizeBytes: 9, read: () => Promise.reject(new Error('It was opened')) };
    const refusal = importDictionary([never, ...directory({ 'config.json': text({}) })]);
    await expect(refusal).rejects.toThrow(/^ae\.pt is a Python pickle: opening one can run any code/);
    await expect(refusal).rejects.toThrow(
      [
        'import torch',
        'from safetensors.torch import save_file',
        'state = torch.load("ae.pt", map_location="cpu", weights_only=True)',
        'save_file({name: tensor.clone().contiguous() for name, tensor in state.items()}, "ae.safetensors")',
      ].join('\n'),
    );
  });

  it('a directory without a dictionary, and lists what it would read', async () => {
    await expect(importDictionary(directory({ 'cfg.json': text({}), 'notes.txt': text('') }))).rejects.toThrow(
      /found among cfg\.json, notes\.txt\. Readable are: cfg\.json and sae_weights\.safetensors \(SAELens directory\); /,
    );
    await expect(importDictionary([])).rejects.toThrow(/found among no files/);
  });

  it('files beyond their bounds, unread', async () => {
    const saved = bytesOf(cases.sparsify.files);
    const huge = (name: string, sizeBytes: number) =>
      directory(saved).map((file) => (file.name === name ? { ...file, sizeBytes } : file));
    await expect(importDictionary(huge('cfg.json', 2e6))).rejects.toThrow(
      /cfg\.json has 2000000 bytes; at most 1048576/,
    );
    await expect(importDictionary(huge('sae.safetensors', 2 ** 33))).rejects.toThrow(/sae\.safetensors has 8589934592/);
    await expect(importDictionary(directory({ ...saved, 'cfg.json': Uint8Array.of(0xff) }))).rejects.toThrow(
      /not UTF-8/,
    );
  });

  it.each([
    [{ transcode: true }, /transcode true: it is a transcoder/],
    [{ skip_connection: true }, /skip_connection true: it adds a linear function/],
    [{ activation: 'groupmax' }, /activation groupmax: one latent of each of k groups/],
    [{ activation: 'relu' }, /activation as topk, but has "relu"/],
    [{ signed: true }, /signed true: its activations can be negative/],
    [{ num_latents: 33 }, /^sae\.safetensors: tensor encoder\.weight must have shape \[33,16\], but has \[32,16\]/],
    [{ k: 40 }, /k 40, more than its 32 latents/],
    [{ d_in: null }, /cfg\.json must have d_in as a positive integer, but has null/],
  ])('sparsify with %j', async (change, message) => {
    const files = bytesOf(cases.sparsify.files);
    const cfg = { ...JSON.parse(new TextDecoder().decode(files['cfg.json'])), ...change };
    await expect(importDictionary(directory({ ...files, 'cfg.json': text(cfg) }))).rejects.toThrow(message);
  });

  it.each([
    [{ dict_class: 'CrossCoder' }, /trainer\.dict_class CrossCoder; readable are AutoEncoder, /],
    [{ dict_class: 'toString' }, /trainer\.dict_class toString; readable are/],
    [{ dict_class: undefined }, /must have trainer\.dict_class as text, but has nothing/],
    [{ dict_class: 'GatedAutoEncoder' }, /^ae\.safetensors has no tensor gate_bias; it has /],
    [{ k: 6 }, /trainer\.k 6, but ae\.safetensors has k 5/],
    [{ dict_size: 31 }, /^ae\.safetensors: tensor encoder\.weight must have shape \[31,16\]/],
  ])('dictionary_learning with %j', async (change, message) => {
    const files = bytesOf(cases['dictionary_learning, AutoEncoderTopK'].files);
    const config = JSON.parse(new TextDecoder().decode(files['config.json']));
    const changed = { ...config, trainer: { ...config.trainer, ...change } };
    await expect(importDictionary(directory({ ...files, 'config.json': text(changed) }))).rejects.toThrow(message);
  });

  it('Gemma Scope without a tensor, and with one of another shape', async () => {
    const tensor = (shape: number[]) => ({
      dtype: 'F32' as const,
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    });
    const read = (tensors: Record<string, ReturnType<typeof tensor>>) =>
      importDictionary(directory({ 'params.safetensors': encodeSafetensors({ tensors, metadata: {} }) }));
    await expect(read({ b_dec: tensor([4]) })).rejects.toThrow(
      /^params\.safetensors has no tensor W_enc; it has b_dec/,
    );
    await expect(read({ w_enc: tensor([4]) })).rejects.toThrow(
      /w_enc must have shape \[dModel, nLatents\], but has \[4\]/,
    );
    const most = { w_enc: tensor([4, 8]), w_dec: tensor([8, 4]), b_enc: tensor([8]), b_dec: tensor([4]) };
    await expect(read(most)).rejects.toThrow(/has no tensor threshold/);
  });
});
