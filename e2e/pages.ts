import { type Run, runSchema } from '@featurescope/contracts';
import { expect, type Page } from '@playwright/test';
import { sampleJsonl } from './bundled-sample.ts';

export interface RunValues {
  name: string;
  dataset: string;
  nLatents: number;
  k: number;
  nTokens: number;
  /** Keeps the activations, or takes those that are kept. */
  storesActivations?: boolean;
}

/** Adds a dataset from the Data page, as a .jsonl whose texts are in the field "body". */
export async function uploadDataset(page: Page, name: string, characters: number): Promise<void> {
  await page.goto('/data');
  await page.getByLabel('Text file').setInputFiles({
    name: `${name}.jsonl`,
    mimeType: 'application/x-ndjson',
    buffer: sampleJsonl(characters),
  });
  await page.getByLabel('Field that holds the text').fill('body');
  await page.getByRole('button', { name: 'Add dataset' }).click();
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText(/documents|ready|\d/i, {
    timeout: 60_000,
  });
}

/** Fills New run and launches; returns the run's id from the page that opens. */
export async function launchRun(page: Page, values: RunValues): Promise<string> {
  await page.goto('/runs/new');
  await page.getByLabel('Dataset').selectOption({ label: values.dataset });
  await page.getByLabel('Latents', { exact: true }).fill(String(values.nLatents));
  await page.getByLabel('k', { exact: true }).fill(String(values.k));
  if (values.storesActivations) await page.getByRole('radio', { name: /Store activations/ }).check();
  await page.getByRole('heading', { name: 'Training' }).click();
  await page.getByLabel('Name', { exact: true }).fill(values.name);
  await page.getByLabel('Tokens', { exact: true }).fill(String(values.nTokens));
  await page.getByRole('button', { name: 'Launch run' }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
  return page.url().split('/').at(-1) as string;
}

/** The run as the API tells it. */
export async function readRun(page: Page, id: string): Promise<Run> {
  const response = await page.request.get(`/api/runs/${id}`);
  expect(response.status()).toBe(200);
  return runSchema.parse(await response.json());
}
