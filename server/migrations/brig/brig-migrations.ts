import type { Migration } from '../migration.js';
import { accounts } from './v1-accounts.js';

/** brig's, in order. */
export const brigMigrations: readonly Migration[] = [accounts];
