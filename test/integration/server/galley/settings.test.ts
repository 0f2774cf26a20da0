import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  callAs,
  errorOf,
  eventsFor,
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

const put = (user: string, path: string, body: unknown) =>
  callAs(galley, user, { method: 'PUT', path, body });

const openRoles = ['team_member', 'non_team_member', 'guest'];

/** Path, body, type of the event, its data, and what members see afterwards. */
const settings: readonly (readonly [string, unknown, string, object, object])[] = [
  ['/name', { name: '✨' }, 'rename', { name: '✨' }, { name: '✨' }],
  [
    '/message-timer',
    { message_timer: 10_000 },
    'message-timer-update',
    { message_timer: 10_000 },
    { message_timer: 10_000 },
  ],
  [
    '/receipt-mode',
    { receipt_mode: 1 },
    'receipt-mode-update',
    { receipt_mode: 1 },
    { receipt_mode: 1 },
  ],
  [
    '/access',
    { access: ['code', 'invite', 'code'], access_role: [...openRoles].reverse() },
    'access-update',
    { access: ['invite', 'code'], access_role: 'non_activated', access_role_v2: openRoles },
    { access: ['invite', 'code'], access_role: openRoles },
  ],
];

describe('the settings of a group', () => {
  it.each(settings)('%s: everyone is told and sees it', async (path, body, type, data, seen) => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob]);
    const answer = await put(ada, pathOf(id, path), body);
    expect(answer).toMatchObject({
      status: 200,
      body: { type: `conversation.${type}`, conversation: id, from: ada, data },
    });
    for (const user of [ada, bob]) expect(eventsFor(galley, user, id).at(-1)).toEqual(answer.body);
    const shown = await callAs(galley, bob, { path: pathOf(id) });
    expect(shown.body).toMatchObject(seen);
    expect((await put(ada, pathOf(id, path), body)).status).toBe(204);
    expect(eventsFor(galley, bob, id)).toHaveLength(2);
  });

  it.each(settings)('%s: only admins of the group change it', async (...[path, body]) => {
    const [ada = '', bob = '', eve = ''] = await newFriends(galley, 3);
    const id = await newGroup(galley, [ada, bob], { conversation_role: 'wire_member' });
    expect(errorOf(await put(bob, pathOf(id, path), body))).toBe('403 action-denied');
    expect(errorOf(await put(eve, pathOf(id, path), body))).toBe('404 no-conversation');
    expect(errorOf(await put(eve, pathOf(randomUUID(), path), body))).toBe('404 no-conversation');
  });

  it('lets a timer be taken off again', async () => {
    const [ada = ''] = await newFriends(galley, 1);
    const path = pathOf(await newGroup(galley, [ada], { message_timer: 5 }), '/message-timer');
    const off = await put(ada, path, { message_timer: null });
    expect(off.body).toMatchObject({ data: { message_timer: null } });
    expect((await put(ada, path, {})).status).toBe(204);
  });

  it.each([
    [['private'], openRoles],
    [['invite'], []],
    [['invite'], ['team_member']],
  ])('does not let a group be closed to its members: %j, %j', async (access, roles) => {
    const [ada = ''] = await newFriends(galley, 1);
    const path = pathOf(await newGroup(galley, [ada]), '/access');
    const answer = await put(ada, path, { access, access_role: roles });
    expect(errorOf(answer)).toBe('403 invalid-op');
  });
});

describe('one’s own membership', () => {
  it('changes for oneself only', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob]);
    const update = { otr_muted_status: 3, otr_muted_ref: '2026-01-01T00:00:00.000Z', hidden: null };
    expect((await put(bob, pathOf(id, '/self'), update)).status).toBe(200);
    const { body } = await callAs(galley, bob, { path: pathOf(id, '/self') });
    expect(body).toMatchObject({
      otr_muted_status: 3,
      otr_muted_ref: '2026-01-01T00:00:00.000Z',
      otr_archived: false,
      hidden: false,
    });
    expect(eventsFor(galley, bob, id).at(-1)).toMatchObject({
      type: 'conversation.member-update',
      data: { target: bob, qualified_target: qualified(bob), otr_muted_status: 3 },
    });
    expect(eventsFor(galley, ada, id)).toHaveLength(1);
    await put(bob, pathOf(id, '/self'), { hidden: true, hidden_ref: 'h' });
    const after = await callAs(galley, bob, { path: pathOf(id, '/self') });
    expect(after.body).toMatchObject({ otr_muted_status: 3, hidden: true, hidden_ref: 'h' });
  });

  it('is there for members only', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const path = pathOf(await newGroup(galley, [ada]), '/self');
    expect(errorOf(await callAs(galley, bob, { path }))).toBe('404 no-conversation');
    expect(errorOf(await put(bob, path, { hidden: true }))).toBe('404 no-conversation');
  });
});

describe('typing', () => {
  const type = (user: string, id: string) =>
    callAs(galley, user, {
      method: 'POST',
      path: pathOf(id, '/typing'),
      body: { status: 'started' },
    });

  it('is told to the others, and not stored', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob]);
    expect(await type(ada, id)).toMatchObject({ status: 200, body: undefined });
    expect(eventsFor(galley, bob, id).at(-1)).toMatchObject({
      type: 'conversation.typing',
      from: ada,
      data: { status: 'started' },
    });
    expect(eventsFor(galley, ada, id)).toHaveLength(1);
    expect(galley.peers.pushes.at(-1)).toMatchObject({ transient: true });
  });

  it('is nobody else’s business', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada]);
    expect(errorOf(await type(bob, id))).toBe('404 no-conversation');
  });
});
