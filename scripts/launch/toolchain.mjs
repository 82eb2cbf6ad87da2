import { execFileSync } from 'node:child_process';

/**
 * What compiling the binding takes.
 * @typedef {object} Toolchain
 * @property {string | undefined} python one that has pip
 * @property {string[]} missing in words; empty when all is there
 * @property {string} versions changes when any part of it changes
 */

/** @returns {Toolchain} */
export function findToolchain() {
  const missing = [];
  const python = ['python3', 'python'].find((name) => versionOf(name, ['-m', 'pip', '--version']));
  const pip = python ? versionOf(python, ['-m', 'pip', '--version']) : undefined;
  if (!python) missing.push('python3 with pip');
  // On a Mac without the command line tools every one of these opens a dialog; xcode-select -p only answers.
  const mayAskCompiler = process.platform !== 'darwin' || versionOf('xcode-select', ['-p']);
  const compiler = mayAskCompiler ? versionOf(process.env.CXX || 'c++', ['--version']) : undefined;
  const make = mayAskCompiler ? versionOf('make', ['--version']) : undefined;
  if (!compiler) missing.push('a C++ compiler');
  if (!make) missing.push('make');
  const versions = [process.version, process.platform, process.arch, pip, compiler, make].map((part) => part ?? 'none');
  return { python, missing, versions: versions.join('|') };
}

/**
 * The first line that a program says of itself, undefined when it is not there or fails.
 * @param {string} file
 * @param {string[]} args
 */
function versionOf(file, args) {
  try {
    const output = execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 });
    return output.split('\n')[0].trim();
  } catch {
    return undefined;
  }
}
