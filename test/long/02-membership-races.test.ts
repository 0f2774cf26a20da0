import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  callAs,
  eventsFor,
  membersSeenBy,
  newFriends,
  newGroup,
  pathOf,
  qualified,
  startTestGalley,
  type TestGalley,
} from '../helpers/server/galley.js';
import { testDomain } from '../helpers/server/service.js';
import {
  startCassandraCluster,
  type CassandraCluster,
} from '../helpers/stores/cassandra-cluster.js';

let cluster: CassandraCluster;
const replicas: TestGalley[] = [];
beforeAll(async () => {
  cluster = await startCassandraCluster('races');
  const env = { CASSANDRA_CONTACT_POINTS: cluster.contactPoints };
  replicas.push(await startTestGalley(env), await startTestGalley(env));
}, 600_000);
afterAll(async () => {
  for (const replica of replicas) await replica.stop();
  await cluster.stop();
}, 120_000);

function replica(at: number): TestGalley {
  const found = replicas[at % replicas.length];
  if (found === undefined) throw new Error('no replica');
  return found;
}

async function friends(count: number): Promise<readonly string[]> {
  const users = await newFriends(replica(0), count);
  replica(1).peers.connect(...users);
  return users;
}

interface Change {
  readonly user: string;
  readonly id: string;
  readonly member: string;
}

async function add(at: number, { user, id, member }: Change): Promise<number> {
  const path = pathOf(id, '/members');
  const body = { qualified_users: [qualified(member)] };
  return (await callAs(replica(at), user, { method: 'POST', path, body })).status;
}

async function remove(at: number, { user, id, member }: Change): Promise<number> {
  const path = pathOf(id, `/members/${testDomain}/${member}`);
  return (await callAs(replica(at), user, { method: 'DELETE', path })).status;
}

/** Asks until the answer is not that a part of the backend is away. */
async function persist(change: () => Promise<number>): Promise<number> {
  for (;;) {
    const status = await change();
    if (status !== 503) return status;
  }
}

describe('changes of a conversation at the same time, on three nodes', () => {
  it('add the same member once, and tell it once', async () => {
    const [ada = '', bob = ''] = await friends(2);
    const id = await newGroup(replica(0), [ada]);
    const change = { user: ada, id, member: bob };
    const statuses = await Promise.all(
      Array.from({ length: 8 }, (_, at) => persist(() => add(at, change))),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const told = replicas.flatMap((galley) => eventsFor(galley, bob, id));
    expect(told.map(({ type }) => type)).toEqual(['conversation.member-join']);
  });

  it('let one of two members who remove each other stay', async () => {
    const [ada = '', bob = ''] = await friends(2);
    const id = await newGroup(replica(0), [ada, bob]);
    const statuses = await Promise.all([
      persist(() => remove(0, { user: ada, id, member: bob })),
      persist(() => remove(1, { user: bob, id, member: ada })),
    ]);
    expect(statuses.sort()).toEqual([200, 404]);
  });

  it('all happen while a node dies', async () => {
    const users = await friends(13);
    const [ada = '', ...others] = users;
    const id = await newGroup(replica(0), [ada]);
    const adding = others.map((member, at) => persist(() => add(at, { user: ada, id, member })));
    await cluster.kill();
    const statuses = await Promise.all(adding);
    // A change whose outcome nobody could tell was answered with 503, and then found made.
    expect(statuses.every((status) => status === 200 || status === 204)).toBe(true);
    expect(await membersSeenBy(replica(1), ada, id)).toEqual([...users].sort());
    const path = '/conversations/list-ids';
    for (const user of others) {
      const listed = await callAs(replica(1), user, { method: 'POST', path, body: {} });
      expect(listed.body).toMatchObject({
        qualified_conversations: expect.arrayContaining([qualified(id)]),
      });
    }
  });
});
