import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', 'e2e/**', '**/.next/**', 'data/**'];

/**
 * unit: everything but the database. db: `*.db.test.ts` on a real PostgreSQL, each file in its own database (DATABASE_URL).
 * FEATURESCOPE_TENSOR=native|wasm chooses the tensor backend, as it does for the product.
 */
export default defineConfig({
  test: {
    // Native modules (TensorFlow, ONNX Runtime) want a process of their own.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,packages,scripts,bench}/**/*.test.{ts,tsx}'],
          exclude: [...exclude, '**/*.db.test.ts'],
          env: { TF_CPP_MIN_LOG_LEVEL: '2' },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'db',
          include: ['{apps,packages,scripts,bench}/**/*.db.test.ts'],
          exclude,
          globalSetup: ['./scripts/test/postgres-setup.mjs'],
          setupFiles: ['./scripts/test/postgres-database.mjs'],
          env: { TF_CPP_MIN_LOG_LEVEL: '2' },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
