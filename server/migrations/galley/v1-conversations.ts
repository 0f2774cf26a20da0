import type { Migration } from '../migration.js';

/** Conversations with their members, and whose conversations they are. */
export const conversations: Migration = {
  version: 1,
  title: 'conversations and their members',
  statements: [
    // A conversation and its members are one partition, so that one condition on its revision orders all changes.
    // Written with conditions only.
    `CREATE TABLE IF NOT EXISTS conversation (
      id uuid, user uuid,
      revision bigint static, change uuid static,
      type text static, creator uuid static, name text static,
      access set<text> static, access_roles set<text> static,
      message_timer_ms bigint static, receipt_mode int static,
      role text,
      muted_status int, muted_ref text,
      archived boolean, archived_ref text,
      hidden boolean, hidden_ref text,
      PRIMARY KEY (id, user))`,
    // Written without conditions; the time of a write is the revision of the conversation, so that the latest
    // membership wins however late its write comes.
    `CREATE TABLE IF NOT EXISTS conversation_of_user (
      user uuid, conversation uuid, PRIMARY KEY (user, conversation))`,
  ],
};
