import { existsSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './run-command.mjs';
import { contentHash, openStamps } from './stamps.mjs';

/**
 * Generates the Prisma client when the schema changed.
 * @param {import('./install.mjs').SetupContext} context
 */
export async function generateClient({ root, signal, terminal, logFile }) {
  const stamps = openStamps(root);
  const hash = contentHash(root, ['prisma/schema.prisma', 'node_modules/prisma/package.json']);
  if (existsSync(path.join(root, 'packages/db/src/generated')) && stamps.isFresh('client', hash)) return;
  stamps.clear('client');
  await terminal.step('Generating the database client', () =>
    runCommand(
      process.execPath,
      ['node_modules/prisma/build/index.js', 'generate', '--schema', 'prisma/schema.prisma'],
      {
        cwd: root,
        // Prisma would download a schema engine that generating does not use; any existing file keeps it from that.
        env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
        signal,
        logFile,
      },
    ),
  );
  stamps.write('client', hash);
}
