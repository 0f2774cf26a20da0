import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  callAs,
  errorOf,
  eventsFor,
  membersSeenBy,
  newFriends,
  newGroup,
  pathOf,
  qualified,
  startTestGalley,
  type TestGalley,
} from '../../../helpers/server/galley.js';

let galley: TestGalley;
beforeAll(async () => {
  galley = await startTestGalley();
});
afterAll(() => galley.stop());

const create = (user: string, body: unknown) =>
  callAs(galley, user, { method: 'POST', path: '/conversations', body });

const idPage = z.object({
  qualified_conversations: z.array(z.object({ id: z.string() })),
  has_more: z.boolean(),
  paging_state: z.string(),
});

async function listIds(user: string, body: unknown) {
  const path = '/conversations/list-ids';
  const answer = await callAs(galley, user, { method: 'POST', path, body });
  return idPage.parse(answer.body);
}

describe('a group', () => {
  it('is made with the people that its creator is connected with', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const answer = await create(ada, {
      name: 'Größe 🎈',
      qualified_users: [qualified(bob), qualified(bob), qualified(ada)],
      access: ['invite', 'code'],
      conversation_role: 'wire_member',
      receipt_mode: 1,
      message_timer: 60_000,
      protocol: 'proteus',
      team: null,
    });
    expect(answer.status).toBe(201);
    const { id } = z.object({ id: z.string() }).parse(answer.body);
    expect(answer.headers.get('location')).toBe(id);
    expect(answer.body).toEqual({
      qualified_id: qualified(id),
      id,
      type: 0,
      creator: ada,
      name: 'Größe 🎈',
      team: null,
      access: ['invite', 'code'],
      access_role: ['team_member', 'non_team_member', 'service'],
      message_timer: 60_000,
      receipt_mode: 1,
      group_conv_type: 'group_conversation',
      add_permission: null,
      cells_state: 'disabled',
      parent: null,
      last_event: '0.0',
      last_event_time: '1970-01-01T00:00:00.000Z',
      protocol: 'proteus',
      failed_to_add: [],
      members: {
        self: {
          qualified_id: qualified(ada),
          id: ada,
          conversation_role: 'wire_admin',
          service: null,
          status: 0,
          status_ref: '0.0',
          status_time: '1970-01-01T00:00:00.000Z',
          otr_muted_status: null,
          otr_muted_ref: null,
          otr_archived: false,
          otr_archived_ref: null,
          hidden: false,
          hidden_ref: null,
        },
        others: [
          { qualified_id: qualified(bob), id: bob, conversation_role: 'wire_member', status: 0 },
        ],
      },
    });
    const { body } = await callAs(galley, ada, { path: pathOf(id) });
    expect({ ...z.looseObject({}).parse(body), failed_to_add: [] }).toEqual(answer.body);
  });

  it('is told to each member as that member sees it, in the form that events have', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob], { name: 'g' });
    for (const user of [ada, bob]) {
      const [event, ...more] = eventsFor(galley, user, id);
      expect(more).toEqual([]);
      expect(event).toMatchObject({
        type: 'conversation.create',
        qualified_conversation: qualified(id),
        from: ada,
        qualified_from: qualified(ada),
        data: {
          access_role: 'activated',
          access_role_v2: ['team_member', 'non_team_member', 'service'],
          members: { self: { id: user } },
        },
      });
    }
    const push = galley.peers.pushes.find(({ payload }) => payload[0]?.['conversation'] === id);
    expect(push).toMatchObject({ origin: ada, originConnection: '1' });
  });

  it('takes 500 members and not one more', async () => {
    const [ada = '', ...others] = await newFriends(galley, 501);
    const tooMany = await create(ada, { qualified_users: others.map(qualified) });
    expect(errorOf(tooMany)).toBe('403 too-many-members');
    const id = await newGroup(galley, [ada, ...others.slice(1)]);
    expect(await membersSeenBy(galley, ada, id)).toHaveLength(500);
    const path = pathOf(id, '/members');
    const body = { qualified_users: [qualified(others[0] ?? '')] };
    const oneMore = await callAs(galley, ada, { method: 'POST', path, body });
    expect(errorOf(oneMore)).toBe('403 too-many-members');
    expect(eventsFor(galley, others[499] ?? '', id)).toHaveLength(1);
  });

  it.each([
    ['someone who is a stranger', '403 not-connected', () => ({ qualified_users: [someone()] })],
    ['a team that one is not in', '403 no-team-member', () => ({ team: { teamid: randomUUID() } })],
    ['MLS', '400 mls-not-enabled', () => ({ protocol: 'mls' })],
    [
      'people of another backend',
      '400 federation-not-enabled',
      () => ({ qualified_users: [{ domain: 'far.example', id: randomUUID() }] }),
    ],
  ])('is not made with %s: %s', async (_, error, body) => {
    const [ada = ''] = await newFriends(galley, 1);
    expect(errorOf(await create(ada, body()))).toBe(error);
  });
});

function someone() {
  return qualified(randomUUID());
}

describe('reading conversations', () => {
  it('shows them to members only', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const path = pathOf(await newGroup(galley, [ada]));
    expect(errorOf(await callAs(galley, bob, { path }))).toBe('403 access-denied');
    const nothing = await callAs(galley, ada, { path: pathOf(randomUUID()) });
    expect(errorOf(nothing)).toBe('404 no-conversation');
    const far = await callAs(galley, ada, { path: `/conversations/far.example/${randomUUID()}` });
    expect(errorOf(far)).toBe('400 federation-not-enabled');
  });

  it('lists the ids of all that a user is in, page by page', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const made = [ada];
    for (let count = 0; count < 4; count += 1) made.push(await newGroup(galley, [ada, bob]));
    const pages = [await listIds(ada, { size: 2 })];
    while (pages.at(-1)?.has_more === true)
      pages.push(await listIds(ada, { size: 2, paging_state: pages.at(-1)?.paging_state }));
    expect(pages.map((page) => page.qualified_conversations.length)).toEqual([2, 2, 1]);
    const listed = pages.flatMap((page) => page.qualified_conversations.map(({ id }) => id));
    expect(listed.sort()).toEqual(made.sort());
    const behind = await listIds(ada, { paging_state: pages.at(-1)?.paging_state });
    expect(behind).toMatchObject({ qualified_conversations: [], has_more: false });
  });

  it('gives a paging state also to those who are in none', async () => {
    const { paging_state, ...page } = await listIds(randomUUID(), undefined);
    expect(page).toEqual({ qualified_conversations: [], has_more: false });
    expect(paging_state).not.toBe('');
  });

  it('gives many at once, and says of which it has none', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const [own, foreign] = [await newGroup(galley, [ada]), await newGroup(galley, [bob])];
    const unknown = randomUUID();
    const far = { domain: 'far.example', id: own };
    const answer = await callAs(galley, ada, {
      method: 'POST',
      path: '/conversations/list',
      body: { qualified_ids: [...[own, own, foreign, unknown].map(qualified), far] },
    });
    expect(answer.body).toMatchObject({
      found: [{ id: own }],
      not_found: [qualified(foreign), qualified(unknown)],
      failed: [far],
    });
  });

  it('no longer lists what one has left', async () => {
    const [ada = ''] = await newFriends(galley, 1);
    const id = await newGroup(galley, [ada]);
    const path = pathOf(id, `/members/wire.example/${ada}`);
    expect((await callAs(galley, ada, { method: 'DELETE', path })).status).toBe(200);
    const { qualified_conversations: left } = await listIds(ada, {});
    expect(left.map((conversation) => conversation.id)).toEqual([ada]);
  });
});

describe('the conversation with oneself', () => {
  it('is made once and has the id of the user', async () => {
    const user = randomUUID();
    const ask = { method: 'POST', path: '/conversations/self' } as const;
    const first = await callAs(galley, user, ask);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      id: user,
      type: 1,
      access: ['private'],
      access_role: [],
      members: { self: { id: user }, others: [] },
    });
    const second = await callAs(galley, user, ask);
    expect(second).toMatchObject({ status: 200, body: { id: user } });
  });

  it('cannot be renamed, left or shared', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const rename = { method: 'PUT', path: pathOf(ada, '/name'), body: { name: 'x' } } as const;
    expect(errorOf(await callAs(galley, ada, rename))).toBe('403 invalid-op');
    const add = {
      method: 'POST',
      path: pathOf(ada, '/members'),
      body: { qualified_users: [qualified(bob)] },
    } as const;
    expect(errorOf(await callAs(galley, ada, add))).toBe('403 invalid-op');
  });
});
