import { randomUUID } from 'node:crypto';
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
} from '../../../helpers/server/galley.js';
import { testDomain } from '../../../helpers/server/service.js';

/** Two replicas, so that nothing is decided by the order in one process. */
let replicas: readonly TestGalley[];
beforeAll(async () => {
  replicas = [await startTestGalley(), await startTestGalley()];
});
afterAll(() => Promise.all(replicas.map((replica) => replica.stop())));

/** One of the replicas in turn. */
function replica(at: number): TestGalley {
  const found = replicas[at % replicas.length];
  if (found === undefined) throw new Error('no replica');
  return found;
}

/** Users whom every replica takes for friends. */
async function friends(count: number): Promise<readonly string[]> {
  const users = await newFriends(replica(0), count);
  replica(1).peers.connect(...users);
  return users;
}

const add = (at: number, { user, id, member }: { user: string; id: string; member: string }) =>
  callAs(replica(at), user, {
    method: 'POST',
    path: pathOf(id, '/members'),
    body: { qualified_users: [qualified(member)] },
  });

const remove = (at: number, { user, id, member }: { user: string; id: string; member: string }) =>
  callAs(replica(at), user, {
    method: 'DELETE',
    path: pathOf(id, `/members/${testDomain}/${member}`),
  });

describe('changes of a conversation at the same time', () => {
  it('add the same member once, and tell it once', async () => {
    const [ada = '', bob = ''] = await friends(2);
    const id = await newGroup(replica(0), [ada]);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => add(at, { user: ada, id, member: bob })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 204)]);
    const told = replicas.flatMap((galley) => eventsFor(galley, bob, id));
    expect(told.map(({ type }) => type)).toEqual(['conversation.member-join']);
  });

  it('remove the same member once', async () => {
    const [ada = '', bob = '', eve = ''] = await friends(3);
    const id = await newGroup(replica(0), [ada, bob, eve]);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, at) => remove(at, { user: ada, id, member: bob })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await membersSeenBy(replica(1), ada, id)).toEqual([ada, eve].sort());
  });

  it('all happen where they are about different members', async () => {
    const users = await friends(10);
    const [ada = '', ...others] = users;
    const id = await newGroup(replica(0), [ada]);
    const answers = await Promise.all(
      others.map((member, at) => add(at, { user: ada, id, member })),
    );
    expect(answers.map(({ status }) => status)).toEqual(others.map(() => 200));
    expect(await membersSeenBy(replica(1), ada, id)).toEqual([...users].sort());
  });

  it('let one of two take the last place', async () => {
    const [ada = '', bob = '', eve = '', ...others] = await friends(501);
    const id = await newGroup(replica(0), [ada, ...others]);
    const answers = await Promise.all([
      add(0, { user: ada, id, member: bob }),
      add(1, { user: ada, id, member: eve }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect(await membersSeenBy(replica(1), ada, id)).toHaveLength(500);
  });

  it('let nobody act on a right that they have just lost', async () => {
    const [ada = '', bob = ''] = await friends(2);
    const id = await newGroup(replica(0), [ada, bob]);
    const answers = await Promise.all([
      remove(0, { user: ada, id, member: bob }),
      remove(1, { user: bob, id, member: ada }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it('leave a list of conversations that agrees with the members', async () => {
    const [ada = '', bob = ''] = await friends(2);
    const id = await newGroup(replica(0), [ada]);
    for (let round = 0; round < 5; round += 1)
      await Promise.all([
        add(round, { user: ada, id, member: bob }),
        remove(round + 1, { user: ada, id, member: bob }),
        add(round + 1, { user: ada, id, member: bob }),
      ]);
    await add(0, { user: ada, id, member: bob });
    const path = '/conversations/list-ids';
    const listed = await callAs(replica(1), bob, { method: 'POST', path, body: {} });
    expect(listed.body).toMatchObject({
      qualified_conversations: expect.arrayContaining([qualified(id)]),
    });
  });

  it('make one conversation with oneself', async () => {
    const user = randomUUID();
    const path = '/conversations/self';
    const answers = await Promise.all(
      [0, 1, 2, 3].map((at) => callAs(replica(at), user, { method: 'POST', path })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  });
});
