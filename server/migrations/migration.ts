/**
 * One step of a keyspace's schema. Once released it never changes: what changes is a further migration. Each of its
 * statements does nothing when run again (`IF NOT EXISTS`, `IF EXISTS`), so that a job that was cut off goes on.
 */
export interface Migration {
  /** Grows by one; the first is 1. */
  readonly version: number;
  /** What it brings, for operators. */
  readonly title: string;
  readonly statements: readonly string[];
}

/** A keyspace and its way to the schema that this code needs. */
export interface KeyspaceMigrations {
  readonly keyspace: string;
  readonly migrations: readonly Migration[];
}
