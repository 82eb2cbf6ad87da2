import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { giveToPostgres, postgresCommand } from './postgres-binaries.mjs';

export const POSTGRES_USER = 'featurescope';
const PASSWORD_FILE = 'featurescope.password';

/**
 * @typedef {object} ClusterOptions
 * @property {import('./postgres-binaries.mjs').Privileges} privileges
 * @property {AbortSignal} [signal]
 * @property {boolean} [durable]
 */

/**
 * Makes the database cluster unless it exists, in one rename: killed midway it leaves nothing that looks like a cluster.
 * UTF-8 whatever LANG says, with the builtin C.UTF-8 collation: the same order on every machine.
 * @param {string} dataDirectory absolute; its parent is created
 * @param {ClusterOptions} options
 * @returns {Promise<{password: string, created: boolean}>}
 */
export async function ensureCluster(dataDirectory, options) {
  const { privileges } = options;
  const passwordFile = path.join(dataDirectory, PASSWORD_FILE);
  if (existsSync(path.join(dataDirectory, 'PG_VERSION'))) {
    return { password: readFileSync(passwordFile, 'utf8'), created: false };
  }
  if (existsSync(dataDirectory)) {
    throw new Error(`${dataDirectory} exists and is not a PostgreSQL cluster. Move it away, or set FEATURESCOPE_DATA.`);
  }
  const building = `${dataDirectory}.new`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('hex');
  const pwfile = path.join(path.dirname(dataDirectory), `.${path.basename(dataDirectory)}.pw`);
  writeFileSync(pwfile, password, { mode: privileges === 'uid' ? 0o644 : 0o600 });
  try {
    giveToPostgres(building, privileges);
    await initdb(building, pwfile, options);
    writeFileSync(path.join(building, PASSWORD_FILE), password, { mode: 0o600 });
    renameSync(building, dataDirectory);
  } finally {
    rmSync(pwfile, { force: true });
  }
  return { password, created: true };
}

/**
 * @param {string} directory
 * @param {string} pwfile
 * @param {ClusterOptions} options
 * @returns {Promise<void>}
 */
function initdb(directory, pwfile, { privileges, signal, durable }) {
  const command = postgresCommand(
    'initdb',
    [
      `--pgdata=${directory}`,
      `--username=${POSTGRES_USER}`,
      `--pwfile=${pwfile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...(durable === false ? ['--no-sync'] : []),
    ],
    privileges,
  );
  return new Promise((resolve, reject) => {
    const child = spawn(command.file, command.args, {
      ...command.options,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      signal,
    });
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) return resolve();
      const hint = privileges === 'uid' ? ' Run as a user other than root, or set DATABASE_URL.' : '';
      reject(new Error(`initdb failed for ${directory}: ${errors.trim() || `exit code ${code}`}.${hint}`));
    });
  });
}
