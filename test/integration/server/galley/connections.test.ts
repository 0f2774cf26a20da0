import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  callAs,
  errorOf,
  eventsFor,
  membersSeenBy,
  newFriends,
  pathOf,
  qualified,
  startTestGalley,
  type TestGalley,
} from '../../../helpers/server/galley.js';
import { testDomain } from '../../../helpers/server/service.js';

let galley: TestGalley;
beforeAll(async () => {
  galley = await startTestGalley();
});
afterAll(() => galley.stop());

async function internal(method: string, path: string, body: unknown) {
  const headers = { 'content-type': 'application/json' };
  const url = `${galley.service.url}${path}`;
  return fetch(url, { method, headers, body: JSON.stringify(body) });
}

async function connect(from: string, to: string): Promise<string> {
  const answer = await internal('POST', '/i/conversations/connect', { from, to, name: 'Ada' });
  return z.object({ conversation: z.string() }).parse(await answer.json()).conversation;
}

const accept = async (id: string, user: string) =>
  (await internal('PUT', `/i/conversations/${id}/accept`, { user, originConnection: '7' })).status;

const block = async (id: string, user: string) =>
  (await internal('PUT', `/i/conversations/${id}/block`, { user })).status;

describe('the conversation of a connection', () => {
  it('begins with the one who asks, who is told of it', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await connect(ada, bob);
    const { body } = await callAs(galley, ada, { path: pathOf(id) });
    expect(body).toMatchObject({ type: 3, members: { self: { id: ada }, others: [] } });
    expect(eventsFor(galley, ada, id)).toMatchObject([
      { type: 'conversation.create', data: { type: 3 } },
      {
        type: 'conversation.connect-request',
        data: { qualified_recipient: qualified(bob), recipient: bob, name: 'Ada' },
      },
    ]);
    expect(errorOf(await callAs(galley, bob, { path: pathOf(id) }))).toBe('403 access-denied');
  });

  it('is the same whoever asks, and how often', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const [id, ...same] = await Promise.all([
      connect(ada, bob),
      connect(bob, ada),
      connect(ada, bob),
    ]);
    expect(same).toEqual([id, id]);
    const created = [ada, bob].flatMap((user) => eventsFor(galley, user, id));
    expect(created.map(({ type }) => type)).toEqual([
      'conversation.create',
      'conversation.connect-request',
    ]);
  });

  it('is a 1:1 conversation once both are in it', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await connect(ada, bob);
    expect(await accept(id, bob)).toBe(200);
    const { body } = await callAs(galley, bob, { path: pathOf(id) });
    expect(body).toMatchObject({ type: 2, members: { others: [{ id: ada }] } });
    for (const user of [ada, bob])
      expect(eventsFor(galley, user, id).at(-1)).toMatchObject({
        type: 'conversation.member-join',
        from: bob,
        data: { user_ids: [bob] },
      });
    expect(await accept(id, bob)).toBe(200);
    expect(eventsFor(galley, bob, id)).toHaveLength(1);
  });

  it('cannot be left, renamed or joined by a third', async () => {
    const [ada = '', bob = '', eve = ''] = await newFriends(galley, 3);
    const id = await connect(ada, bob);
    await accept(id, bob);
    const leave = await callAs(galley, ada, {
      method: 'DELETE',
      path: pathOf(id, `/members/${testDomain}/${ada}`),
    });
    expect(leave.body).toMatchObject({
      label: 'invalid-op',
      message: 'invalid operation for 1:1 conversations',
    });
    const path = pathOf(id, '/members');
    const body = { qualified_users: [qualified(eve)] };
    expect(errorOf(await callAs(galley, ada, { method: 'POST', path, body }))).toBe(
      '403 invalid-op',
    );
  });

  it('is silently left by who blocks, and joined again by who accepts', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await connect(ada, bob);
    await accept(id, bob);
    expect(await block(id, bob)).toBe(200);
    expect(await membersSeenBy(galley, ada, id)).toEqual([ada]);
    expect(eventsFor(galley, bob, id)).toHaveLength(1);
    expect(await block(id, bob)).toBe(200);
    expect(await accept(id, bob)).toBe(200);
    expect(await membersSeenBy(galley, ada, id)).toEqual([ada, bob].sort());
  });

  it('is no other conversation', async () => {
    const [ada = ''] = await newFriends(galley, 1);
    expect(await accept(randomUUID(), ada)).toBe(404);
    expect(await accept(ada, ada)).toBe(404);
    expect(await block(ada, ada)).toBe(404);
  });
});
