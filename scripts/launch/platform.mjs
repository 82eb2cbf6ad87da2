/** Where the product runs. Kept in step with `engines` in package.json and the README. */
const PLATFORMS = ['linux x64', 'linux arm64', 'darwin arm64'];
const NODE_VERSIONS = '^20.19 || ^22.17 || >=24';

/**
 * Why this machine cannot run the product; undefined when it can. Asked before anything is installed or imported.
 * @param {{version: string, platform: string, arch: string, glibc: string | undefined}} machine
 * @returns {string | undefined}
 */
export function platformProblem(machine) {
  const [major, minor] = machine.version.replace(/^v/, '').split('.').map(Number);
  const nodeFits = major >= 24 || (major === 22 && minor >= 17) || (major === 20 && minor >= 19);
  if (!nodeFits) return `featurescope needs Node ${NODE_VERSIONS}; this is ${machine.version}. See https://nodejs.org`;
  if (!PLATFORMS.includes(`${machine.platform} ${machine.arch}`)) {
    return `featurescope runs on Linux x64 and arm64 and on macOS arm64; this is ${machine.platform} ${machine.arch}. On Windows use WSL 2.`;
  }
  if (machine.platform === 'linux' && !machine.glibc) {
    return 'featurescope needs a Linux with glibc (Debian, Ubuntu, Fedora, …); this one has another C library, for which ONNX Runtime ships no build.';
  }
  return undefined;
}

/** This machine, as platformProblem wants it. */
export function thisMachine() {
  const report = /** @type {{header: {glibcVersionRuntime?: string}}} */ (
    process.platform === 'linux' ? process.report.getReport() : { header: {} }
  );
  return {
    version: process.version,
    platform: process.platform,
    arch: process.arch,
    glibc: report.header.glibcVersionRuntime,
  };
}
