/**
 * A newcomer's first start on a machine that has Node, npm and little else: from a bare clone, below a path with a space, as
 * a user other than root, with an empty home, and with python, pip and compilers hidden. The product must come up on the
 * portable tensor backend, train a short run to its labels, and stop on Ctrl-C within 5 s. --keep leaves the directory.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../launch/directories.mjs';
import { startForTest } from './product.mjs';
import { trainShortRun } from './short-run.mjs';

const TOOLS = [
  'sh',
  'bash',
  'env',
  'git',
  'unshare',
  'ps',
  'uname',
  'true',
  'cat',
  'sed',
  'dirname',
  'basename',
  'ls',
  'rm',
  'cp',
  'mkdir',
  'grep',
  'ldd',
  'getconf',
];
const HIDDEN = ['python3', 'python', 'pip', 'pip3', 'cc', 'c++', 'gcc', 'g++', 'clang', 'make'];
const STARTED_WITHIN_MS = 12 * 60_000;
const STOPPED_WITHIN_MS = 5000;
const NOBODY = 65534;

const base = mkdtempSync(path.join(tmpdir(), 'feature scope '));
const clone = path.join(base, 'featurescope clone');
const home = path.join(base, 'home');
const bin = path.join(base, 'bin');
const isRoot = process.getuid?.() === 0;

/** The programs that a small machine has, and no others. */
function hideTools() {
  mkdirSync(bin);
  const nodeDirectory = path.dirname(process.execPath);
  const searchPath = [nodeDirectory, ...(process.env.PATH ?? '').split(path.delimiter)];
  for (const tool of ['node', 'npm', 'npx', ...TOOLS]) {
    const file = searchPath.map((directory) => path.join(directory, tool)).find((candidate) => existsSync(candidate));
    if (file) symlinkSync(file, path.join(bin, tool));
  }
  for (const tool of HIDDEN) if (existsSync(path.join(bin, tool))) throw new Error(`${tool} is not hidden`);
}

/** @param {string} directory */
function giveToNobody(directory) {
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    lchownSync(path.join(directory, entry), NOBODY, NOBODY);
  }
  chownSync(directory, NOBODY, NOBODY);
}

/** This environment without what belongs to its user's home: caches, stores, npm's own settings. Where packages come from stays. */
function newcomersEnv() {
  const ofThisUser = /^(NODE_ENV|CI|XDG_.*|PNPM_.*|npm_.*)$/;
  const ofThisMachine = /^npm_config_(registry|proxy|https?_proxy|noproxy|cafile|strict_ssl)$/;
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ofThisUser.test(name) || ofThisMachine.test(name)),
  );
}

function cloneRepository() {
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { stdio: 'inherit' });
  mkdirSync(home);
  // Where packages come from is this machine's business, not the newcomer's.
  const userConfig = path.join(process.env.HOME ?? '', '.npmrc');
  if (existsSync(userConfig)) copyFileSync(userConfig, path.join(home, '.npmrc'));
  if (!isRoot) return;
  giveToNobody(base);
  chmodSync(base, 0o755);
}

try {
  cloneRepository();
  hideTools();
  const product = await startForTest({
    root: clone,
    env: {
      ...newcomersEnv(),
      PATH: bin,
      HOME: home,
      FEATURESCOPE_DATA: path.join(clone, 'data'),
      FEATURESCOPE_TENSOR: '',
    },
    timeoutMs: STARTED_WITHIN_MS,
    onLine: (line) => console.log(`  ${line}`),
    user: isRoot ? { uid: NOBODY, gid: NOBODY } : undefined,
  });
  /** @type {string[]} */
  const problems = [];
  if (!product.output.some((line) => /portable fallback.*python3 with pip/.test(line))) {
    problems.push('It did not say that it runs on the fallback for want of python3 with pip.');
  }
  const health = await (await fetch(`${product.url}/api/health`)).json();
  if (health.tensor?.name !== 'wasm')
    problems.push(`Health names the tensor backend ${health.tensor?.name}, not wasm.`);
  const page = await fetch(product.url, { headers: { accept: 'text/html' } });
  if (!page.ok || !(await page.text()).includes('<html')) problems.push(`The first page answers ${page.status}.`);
  await trainShortRun(product.url).catch((error) => problems.push(error.message));
  const { tookMs, code } = await product.stop();
  console.log(`Stopped after ${Math.round(tookMs)} ms with code ${code}.`);
  if (code !== 0 || tookMs > STOPPED_WITHIN_MS) problems.push('Ctrl-C did not stop it in order within 5 s.');
  for (const problem of problems) console.error(`✗ ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  if (!process.argv.includes('--keep')) rmSync(base, { recursive: true, force: true });
}
