import { brigMigrations } from './brig/brig-migrations.js';
import { galleyMigrations } from './galley/galley-migrations.js';
import { gundeckMigrations } from './gundeck/gundeck-migrations.js';
import type { KeyspaceMigrations } from './migration.js';

/** Every keyspace of the backend with its migrations. */
export const keyspaces: readonly KeyspaceMigrations[] = [
  { keyspace: 'brig', migrations: brigMigrations },
  { keyspace: 'galley', migrations: galleyMigrations },
  { keyspace: 'gundeck', migrations: gundeckMigrations },
];

/** The schema version that this code needs of a keyspace. */
export function neededVersion(keyspace: string): number {
  const found = keyspaces.find((entry) => entry.keyspace === keyspace);
  return found?.migrations.at(-1)?.version ?? 0;
}
