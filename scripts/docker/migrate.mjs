import path from 'node:path';
import { applyMigrations } from '../launch/apply-migrations.mjs';

/** Applies the committed migrations to the database of DATABASE_URL; the launcher is not there to do it. */
const applied = await applyMigrations(
  process.env.DATABASE_URL ?? '',
  path.resolve(import.meta.dirname, '../../prisma/migrations'),
);
console.log(applied.length > 0 ? `Migrations applied: ${applied.join(', ')}` : 'The database is up to date.');
