declare module 'vitest' {
  export interface ProvidedContext {
    /** A user that may create databases. */
    postgresAdminUrl: string;
    /** Name of the database that holds all migrations and no rows. */
    postgresTemplate: string;
  }
}

export {};
