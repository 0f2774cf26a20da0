import type { Migration } from '../migration.js';

/** Rows of one day end on one day, so that whole files go without being rewritten. */
const endTogether = `compaction = {'class': 'TimeWindowCompactionStrategy',
      'compaction_window_unit': 'DAYS', 'compaction_window_size': 1}`;

/** The log of each user, the queues of clients, and where the cannons are. */
export const notifications: Migration = {
  version: 1,
  title: 'notifications, queues and cannons',
  statements: [
    // `last` is the newest id, and `queues` tells from where on a client has a queue, which is written with conditions
    // only. Both stay when rows end by their TTL, so that it shows what was missed.
    `CREATE TABLE IF NOT EXISTS notification (
      user uuid, id timeuuid,
      last timeuuid static, queues map<text, timeuuid> static,
      previous timeuuid, clients set<text>, except_connection text,
      payload text, payload_id uuid,
      PRIMARY KEY (user, id)) WITH ${endTogether}`,
    // Large payloads, once for all recipients.
    `CREATE TABLE IF NOT EXISTS notification_payload (
      id uuid PRIMARY KEY, payload text) WITH ${endTogether}`,
    `CREATE TABLE IF NOT EXISTS queue_position (
      user uuid, client text, acked timeuuid, PRIMARY KEY ((user, client)))`,
    // Written with conditions only; rows end by their TTL.
    'CREATE TABLE IF NOT EXISTS lease (name text PRIMARY KEY, owner text)',
    // One partition: an island has a handful of cannons. Rows end by their TTL.
    `CREATE TABLE IF NOT EXISTS cannon (
      kind text, url text, told_at timestamp, PRIMARY KEY (kind, url))`,
  ],
};
