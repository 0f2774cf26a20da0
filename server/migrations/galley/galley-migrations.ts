import type { Migration } from '../migration.js';
import { conversations } from './v1-conversations.js';

/** galley's, in order. */
export const galleyMigrations: readonly Migration[] = [conversations];
