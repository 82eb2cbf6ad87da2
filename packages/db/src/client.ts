import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';
import type { TransactionClient } from './generated/internal/prismaNamespace.ts';

/** A client inside one of Prisma's interactive transactions. */
export type Transaction = TransactionClient;

/** The database as the repositories see it. One per process. */
export interface Db {
  prisma: PrismaClient;
  /** For SQL that Prisma does not write: keyset pages, bulk upserts. Shared with Prisma. */
  pool: pg.Pool;
  databaseUrl: string;
  close(): Promise<void>;
}

export interface DbOptions {
  /** Connections at most. Default 10. */
  maxConnections?: number;
  /** Shown by PostgreSQL in pg_stat_activity. */
  applicationName?: string;
  /** Told of connections that break while idle; the pool replaces them. */
  onError?: (error: Error) => void;
}

/** Enough for a batch of evidence on a busy disk, and for those who take turns. Prisma's own 5 s, and 2 s for a connection, are soon
 *  over when training has all cores. */
const transactionTimeoutMs = 60_000;
const connectionTimeoutMs = 10_000;

/** Prisma on adapter-pg and a pool for raw SQL; nothing connects before the first query. */
export function createDb(databaseUrl: string, options: DbOptions = {}): Db {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.maxConnections ?? 10,
    application_name: options.applicationName ?? 'featurescope',
    connectionTimeoutMillis: connectionTimeoutMs,
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', options.onError ?? (() => {}));
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { timeout: transactionTimeoutMs, maxWait: connectionTimeoutMs },
  });
  return {
    prisma,
    pool,
    databaseUrl,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
