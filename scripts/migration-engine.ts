import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';

const require = createRequire(import.meta.url);

/** PostgreSQL's internal one-byte type `"char"`, in which its catalogue keeps, for example, a constraint's kind. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/**
 * Prisma's schema engine in this process, from WebAssembly: nothing is downloaded, unlike by Prisma's command line.
 * databaseUrl: the database that an introspection reads.
 */
export async function loadSchemaEngine(databaseUrl: string): Promise<SchemaEngine> {
  // The package's entry imports a .wasm module, which Node does not do; so its glue code is bound to the instance here.
  const glueFile = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = await import(pathToFileURL(glueFile).href);
  const bytes = readFileSync(glueFile.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  const adapter = bindMigrationAwareSqlAdapterFactory(adapterFactory(databaseUrl));
  return glue.SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
}

function adapterFactory(connectionString: string): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg({ connectionString });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => readingCharColumns(await factory.connect()),
    connectToShadowDb: () =>
      Promise.reject(new Error('The migrations are applied to the database itself, not a shadow.')),
  };
}

interface WithIo {
  performIO(query: unknown): Promise<{ fields: { dataTypeID: number }[] }>;
}

/** adapter-pg does not know `"char"`; the engine's description of a database needs it, as a character column. */
function readingCharColumns<A extends SqlQueryable>(adapter: A): A {
  const io = adapter as A & WithIo;
  const performIO = io.performIO.bind(io);
  const queryRaw = adapter.queryRaw.bind(adapter);
  let charColumns: number[] = [];
  io.performIO = async (query) => {
    const result = await performIO(query);
    charColumns = result.fields.flatMap((field, index) => (field.dataTypeID === CHAR_OID ? [index] : []));
    for (const index of charColumns) result.fields[index].dataTypeID = TEXT_OID;
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  if ('startTransaction' in adapter) {
    const connection = adapter as unknown as SqlDriverAdapter;
    const startTransaction = connection.startTransaction.bind(connection);
    connection.startTransaction = async (level) => readingCharColumns(await startTransaction(level));
  }
  return adapter;
}
