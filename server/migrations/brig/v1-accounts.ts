import type { Migration } from '../migration.js';

/** Accounts, sessions, clients and connections. */
export const accounts: Migration = {
  version: 1,
  title: 'accounts, cookies, clients, prekeys and connections',
  statements: [
    `CREATE TABLE IF NOT EXISTS account (
      id uuid PRIMARY KEY,
      name text, email text, handle text, password text,
      accent_id int, assets text, locale text, text_status text,
      status text, activated boolean, team uuid, managed_by text,
      supported_protocols set<text>, searchable boolean,
      created_at timestamp, expires_at timestamp)`,
    // One row a text that only one user may have; written with conditions only.
    `CREATE TABLE IF NOT EXISTS claim (
      kind text, value text, user uuid, PRIMARY KEY ((kind, value)))`,
    // Written with conditions only; rows end by their TTL.
    `CREATE TABLE IF NOT EXISTS one_time_code (
      key text PRIMARY KEY, email text, code text, user uuid, tries int)`,
    `CREATE TABLE IF NOT EXISTS cookie (
      user uuid, id bigint, type text, label text, client text,
      created_at timestamp, expires_at timestamp, successor bigint,
      PRIMARY KEY (user, id))`,
    `CREATE TABLE IF NOT EXISTS failed_login (
      subject text, at timeuuid, PRIMARY KEY (subject, at))`,
    `CREATE TABLE IF NOT EXISTS client (
      user uuid, id text, revision uuid static,
      type text, class text, label text, model text, cookie text,
      capabilities set<text>, mls_public_keys map<text, text>,
      created_at timestamp, last_active timestamp,
      PRIMARY KEY (user, id))`,
    // Written with conditions only: what takes a key and what brings one are decided by Paxos.
    `CREATE TABLE IF NOT EXISTS prekey (
      user uuid, client text, id int, key text, written int static,
      PRIMARY KEY ((user, client), id))`,
    // Written with conditions only.
    `CREATE TABLE IF NOT EXISTS connection (
      user uuid, other uuid, status text, conversation uuid, last_update timestamp,
      PRIMARY KEY (user, other))`,
  ],
};
