import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');
const dockerfileText = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
const dockerfile = DockerfileParser.parse(dockerfileText);
const compose = parse(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
const stages = dockerfile.getFROMs().map((from) => from.getBuildStage());
const images = ['postgres', 'server', 'inference', 'worker', 'web'];

test('the linter finds nothing wrong with the Dockerfile', () => {
  const problems = validate(dockerfileText);
  expect(problems.map((problem) => `${problem.range.start.line + 1}: ${problem.message}`)).toEqual([]);
});

test('there is an image for every process, and compose builds each of them', () => {
  expect(stages).toEqual(expect.arrayContaining(images));
  for (const image of images) expect(compose.services[image].build.target).toBe(image);
});

test('every stage that is copied from or built upon exists before it is used', () => {
  const known: (string | null)[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    const text = instruction.toString();
    const copiedFrom = /--from=(\S+)/.exec(text)?.[1];
    if (copiedFrom) expect(known).toContain(copiedFrom);
    if (instruction.getKeyword() === 'FROM') known.push(/ AS (\S+)/.exec(text)?.[1] ?? null);
  }
});

test('what the containers run is in the repository', () => {
  const commands = dockerfile
    .getInstructions()
    .filter((instruction) => ['CMD', 'RUN', 'HEALTHCHECK'].includes(instruction.getKeyword()))
    .flatMap((instruction) => instruction.toString().match(/(?:apps|scripts)\/[\w./-]+/g) ?? []);
  expect(commands.length).toBeGreaterThanOrEqual(5);
  for (const file of [...commands, ...compose.services.migrate.command.slice(1)]) {
    expect(existsSync(path.join(root, file)), file).toBe(true);
  }
});

test('only the server is published, on the loopback, and no secret has a default', () => {
  const published = Object.entries<{ ports?: string[] }>(compose.services).filter(([, service]) => service.ports);
  expect(published.map(([name]) => name)).toEqual(['server']);
  expect(compose.services.server.ports).toEqual(['127.0.0.1:3210:3210']);
  for (const name of ['INFERENCE_SECRET', 'FEATURESCOPE_TOKEN']) {
    expect(compose.services.server.environment[name]).toMatch(/^\$\{\w+:\?/);
  }
  expect(dockerfileText).not.toMatch(/PASSWORD|SECRET|TOKEN/);
});

test('the server knows where pages and models are served, on the ports their images listen on', () => {
  const environment = compose.services.server.environment;
  for (const [name, url] of [
    ['web', environment.WEB_URL],
    ['inference', environment.INFERENCE_URLS],
  ]) {
    const { hostname, port } = new URL(url);
    expect(hostname).toBe(name);
    expect(dockerfileText).toMatch(new RegExp(`AS ${name}\\nENV HOST=0.0.0.0 PORT=${port}\\n`));
  }
});
