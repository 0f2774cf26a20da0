import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { systemClock } from '../../../server/clock.js';
import { Secret } from '../../../server/contract/secret.js';
import { migrate } from '../../../server/migrations/migrate.js';
import type { Migration } from '../../../server/migrations/migration.js';
import { Cassandra } from '../../../server/stores/cassandra/cassandra.js';
import { adminClient, sharedCassandra } from '../../helpers/stores/cassandra.js';

let cassandra: Cassandra;
let port: number;
beforeAll(async () => {
  ({ port } = await sharedCassandra());
  cassandra = new Cassandra({
    contactPoints: [{ host: '127.0.0.1', port }],
    datacenter: 'datacenter1',
    user: 'cassandra',
    password: new Secret('cassandra'),
    caFile: undefined,
    timeoutMs: 60_000,
  });
  await cassandra.connect();
});
afterAll(async () => {
  const client = adminClient(port);
  for (const name of ['m_migrations', 'm_shop'])
    await client.execute(`DROP KEYSPACE IF EXISTS ${name}`);
  await client.shutdown();
  await cassandra.close();
});

const first: Migration = {
  version: 1,
  title: 'things',
  statements: ['CREATE TABLE IF NOT EXISTS thing (id int PRIMARY KEY)'],
};
const second: Migration = {
  version: 2,
  title: 'names of things',
  statements: ['ALTER TABLE IF EXISTS thing ADD IF NOT EXISTS name text'],
};

const run = (...migrations: Migration[]) =>
  migrate({
    cassandra,
    log: pino({ level: 'silent' }),
    clock: systemClock,
    keyspaces: [{ keyspace: 'shop', migrations }],
    prefix: 'm_',
    datacenter: 'datacenter1',
    replicationFactor: 1,
  });

describe('migrations', () => {
  it('run once each, also when two processes start at the same time, and refuse what is newer or other', async () => {
    await Promise.all([run(first), run(first)]);
    await run(first, second);
    await run(first, second);
    await expect(run(first)).rejects.toThrow(/expected version 1 at most, got 2/);
    const other = { ...second, statements: ['DROP TABLE IF EXISTS thing'] };
    await expect(run(first, other)).rejects.toThrow(/is not the one that was run/);
    const client = adminClient(port);
    await client.execute("INSERT INTO m_shop.thing (id, name) VALUES (1, 'x')");
    await client.shutdown();
  });
});
