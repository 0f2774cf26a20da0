import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { systemClock } from '../../../server/clock.js';
import { Secret } from '../../../server/contract/secret.js';
import { keyspaces } from '../../../server/migrations/keyspaces.js';
import { migrate } from '../../../server/migrations/migrate.js';
import { Cassandra } from '../../../server/stores/cassandra/cassandra.js';
import { adminClient } from '../stores/cassandra.js';

let made: Promise<string> | undefined;

/**
 * The prefix of a keyspace that the gundecks of one test file have for themselves: one of them writes for all others of
 * its keyspace, so that those of another file, which may be killed, must not be among them.
 */
export function gundeckKeyspacePrefix(port: number): Promise<string> {
  made ??= makeKeyspace(port);
  return made;
}

async function makeKeyspace(port: number): Promise<string> {
  const prefix = `t${randomBytes(6).toString('hex')}_`;
  const cassandra = new Cassandra({
    contactPoints: [{ host: '127.0.0.1', port }],
    datacenter: 'datacenter1',
    user: 'cassandra',
    password: new Secret('cassandra'),
    caFile: undefined,
    timeoutMs: 60_000,
  });
  await cassandra.connect();
  await migrate({
    cassandra,
    log: pino({ level: 'silent' }),
    clock: systemClock,
    keyspaces: keyspaces.filter(({ keyspace }) => keyspace === 'gundeck'),
    prefix,
    datacenter: 'datacenter1',
    replicationFactor: 1,
  });
  await cassandra.close();
  const admin = adminClient(port);
  for (const right of ['SELECT', 'MODIFY'])
    await admin.execute(`GRANT ${right} ON KEYSPACE ${prefix}gundeck TO gundeck`);
  await admin.shutdown();
  return prefix;
}
