import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDomain } from '../../../helpers/server/service.js';
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

const add = (user: string, id: string, others: readonly string[]) =>
  callAs(galley, user, {
    method: 'POST',
    path: pathOf(id, '/members'),
    body: { qualified_users: others.map(qualified), conversation_role: 'wire_member' },
  });

const remove = (user: string, id: string, member: string) =>
  callAs(galley, user, {
    method: 'DELETE',
    path: pathOf(id, `/members/${testDomain}/${member}`),
  });

const setRole = (user: string, target: { id: string; member: string; role: string }) =>
  callAs(galley, user, {
    method: 'PUT',
    path: pathOf(target.id, `/members/${testDomain}/${target.member}`),
    body: { conversation_role: target.role },
  });

describe('adding members', () => {
  it('tells everyone who joined, those who joined too', async () => {
    const [ada = '', bob = '', eve = ''] = await newFriends(galley, 3);
    const id = await newGroup(galley, [ada, bob]);
    const answer = await add(ada, id, [eve, bob]);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        type: 'conversation.member-join',
        qualified_conversation: qualified(id),
        qualified_from: qualified(ada),
        via: 'user',
        data: {
          user_ids: [eve],
          users: [{ qualified_id: qualified(eve), id: eve, conversation_role: 'wire_member' }],
          add_type: 'internal_add',
        },
      },
    });
    for (const user of [ada, bob, eve])
      expect(eventsFor(galley, user, id).at(-1)).toEqual(answer.body);
    expect(await membersSeenBy(galley, eve, id)).toEqual([ada, bob, eve].sort());
  });

  it('says that nothing changed where all are members', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob]);
    expect((await add(ada, id, [bob, ada])).status).toBe(204);
    expect(eventsFor(galley, bob, id)).toHaveLength(1);
  });

  it('is for those who may, with those whom they know, where people may be invited', async () => {
    const [ada = '', bob = '', eve = ''] = await newFriends(galley, 3);
    const id = await newGroup(galley, [ada, bob], { conversation_role: 'wire_member' });
    const denied = await add(bob, id, [eve]);
    expect(denied.body).toMatchObject({
      label: 'action-denied',
      message: 'Insufficient authorization (missing add_conversation_member)',
    });
    expect(errorOf(await add(ada, id, [eve, randomUUID()]))).toBe('403 not-connected');
    expect(errorOf(await add(eve, id, [eve]))).toBe('404 no-conversation');
    const closed = await newGroup(galley, [ada], { access: ['code'] });
    expect(errorOf(await add(ada, closed, [bob]))).toBe('403 access-denied');
    const teamOnly = await newGroup(galley, [ada], { access_role: ['team_member'] });
    expect(errorOf(await add(ada, teamOnly, [bob]))).toBe('403 access-denied');
  });
});

describe('removing members', () => {
  it('tells those who stay and the one who goes', async () => {
    const [ada = '', bob = '', eve = ''] = await newFriends(galley, 3);
    const id = await newGroup(galley, [ada, bob, eve]);
    const answer = await remove(ada, id, bob);
    expect(answer.body).toMatchObject({
      type: 'conversation.member-leave',
      data: { user_ids: [bob], qualified_user_ids: [qualified(bob)], reason: 'removed' },
    });
    for (const user of [ada, bob, eve])
      expect(eventsFor(galley, user, id).at(-1)).toEqual(answer.body);
    expect((await remove(ada, id, bob)).status).toBe(204);
    expect(errorOf(await callAs(galley, bob, { path: pathOf(id) }))).toBe('403 access-denied');
  });

  it('lets everyone leave, and nobody but admins remove', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob], { conversation_role: 'wire_member' });
    expect(errorOf(await remove(bob, id, ada))).toBe('403 action-denied');
    expect(await remove(bob, id, bob)).toMatchObject({ body: { data: { reason: 'left' } } });
    expect(errorOf(await remove(bob, id, bob))).toBe('404 no-conversation');
  });

  it('forgets what someone set of their membership when they come back', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob]);
    const own = pathOf(id, '/self');
    const archive = { otr_archived: true, otr_archived_ref: 'x' };
    await callAs(galley, bob, { method: 'PUT', path: own, body: archive });
    await remove(bob, id, bob);
    await add(ada, id, [bob]);
    const { body } = await callAs(galley, bob, { path: own });
    expect(body).toMatchObject({ otr_archived: false, otr_archived_ref: null });
  });
});

describe('roles', () => {
  it('say what members may do', async () => {
    const [ada = ''] = await newFriends(galley, 1);
    const id = await newGroup(galley, [ada]);
    const { body } = await callAs(galley, ada, { path: `/conversations/${id}/roles` });
    expect(body).toEqual({
      conversation_roles: [
        {
          conversation_role: 'wire_admin',
          actions: expect.arrayContaining(['leave_conversation']),
        },
        { conversation_role: 'wire_member', actions: ['leave_conversation'] },
      ],
    });
  });

  it('are given by admins, and everyone is told', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob], { conversation_role: 'wire_member' });
    const target = { id, member: ada, role: 'wire_member' };
    expect(errorOf(await setRole(bob, target))).toBe('403 action-denied');
    expect(errorOf(await setRole(ada, target))).toBe('403 invalid-op');
    const given = await setRole(ada, { id, member: bob, role: 'wire_admin' });
    expect(given).toMatchObject({ status: 200, body: undefined });
    expect(eventsFor(galley, bob, id).at(-1)).toMatchObject({
      type: 'conversation.member-update',
      data: { target: bob, qualified_target: qualified(bob), conversation_role: 'wire_admin' },
    });
    expect((await setRole(bob, target)).status).toBe(200);
    expect(errorOf(await setRole(ada, { ...target, member: bob }))).toBe('403 action-denied');
  });

  it('are given to members only', async () => {
    const [ada = ''] = await newFriends(galley, 1);
    const target = { id: await newGroup(galley, [ada]), member: randomUUID(), role: 'wire_admin' };
    expect(errorOf(await setRole(ada, target))).toBe('404 no-conversation-member');
  });
});

describe('replacing members', () => {
  const replace = (user: string, id: string, others: readonly string[], version = 15) =>
    callAs(galley, user, {
      method: 'PUT',
      path: pathOf(id, '/members'),
      body: { qualified_users: others.map(qualified), conversation_role: 'wire_member' },
      version,
    });

  it('adds and removes in one step, but for the one who asks', async () => {
    const [ada = '', bob = '', eve = ''] = await newFriends(galley, 3);
    const id = await newGroup(galley, [ada, bob]);
    expect((await replace(ada, id, [eve])).status).toBe(200);
    expect(await membersSeenBy(galley, ada, id)).toEqual([ada, eve].sort());
    const types = eventsFor(galley, ada, id).map(({ type }) => type);
    expect(types).toEqual([
      'conversation.create',
      'conversation.member-join',
      'conversation.member-leave',
    ]);
    expect((await replace(ada, id, [eve])).status).toBe(200);
    expect(eventsFor(galley, ada, id)).toHaveLength(3);
  });

  it('is there from version 13 on', async () => {
    const [ada = ''] = await newFriends(galley, 1);
    const id = await newGroup(galley, [ada]);
    expect((await replace(ada, id, [], 12)).status).toBe(404);
    expect((await replace(ada, id, [], 13)).status).toBe(200);
  });
});
