import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Secret } from '../../../../server/contract/secret.js';
import { Lease } from '../../../../server/services/gundeck/lease.js';
import { Cassandra } from '../../../../server/stores/cassandra/cassandra.js';
import { gundeckKeyspacePrefix } from '../../../helpers/server/gundeck-keyspace.js';
import { sharedCassandra, testPassword } from '../../../helpers/stores/cassandra.js';
import { until } from '../../../helpers/stores/shared-store.js';

let cassandra: Cassandra;
beforeAll(async () => {
  const { port } = await sharedCassandra();
  cassandra = new Cassandra({
    contactPoints: [{ host: '127.0.0.1', port }],
    datacenter: 'datacenter1',
    keyspace: `${await gundeckKeyspacePrefix(port)}gundeck`,
    user: 'gundeck',
    password: new Secret(testPassword),
    caFile: undefined,
  });
  await cassandra.connect();
});
afterAll(async () => {
  await cassandra.close();
});

function leaseAt(url: string): { readonly lease: Lease; readonly stop: AbortController } {
  const stop = new AbortController();
  const log = pino({ level: 'silent' });
  return { lease: new Lease({ cassandra, url, log, ending: stop.signal }), stop };
}

describe('the lease to write the logs', () => {
  it('is one gundeck’s, until that gives it back or stops renewing it', async () => {
    const one = leaseAt('http://one');
    const other = leaseAt('http://other');
    const keeping = [one.lease.keep()];
    await until('one has it', () => Promise.resolve(one.lease.term === 1));
    keeping.push(other.lease.keep());
    expect(await other.lease.ownerUrl()).toBe('http://one');
    expect(other.lease.term).toBeUndefined();

    one.stop.abort();
    await one.lease.release();
    expect(one.lease.term).toBeUndefined();
    await until('the other has it', () => Promise.resolve(other.lease.term === 1));

    other.stop.abort();
    const third = leaseAt('http://third');
    keeping.push(third.lease.keep());
    await until('a third has it', () => Promise.resolve(third.lease.term === 1));
    expect(other.lease.term).toBeUndefined();
    expect(await one.lease.ownerUrl()).toBe('http://third');
    third.stop.abort();
    await Promise.all(keeping);
  });
});
