import type { Migration } from '../migration.js';
import { notifications } from './v1-notifications.js';

/** gundeck's, in order. */
export const gundeckMigrations: readonly Migration[] = [notifications];
