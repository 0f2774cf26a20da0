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
  randomClient,
  startTestGalley,
  type TestGalley,
} from '../../../helpers/server/galley.js';
import { encodeMessage, type MessageParts } from '../../../helpers/server/proteus.js';
import { testDomain } from '../../../helpers/server/service.js';

let galley: TestGalley;
beforeAll(async () => {
  galley = await startTestGalley();
});
afterAll(() => galley.stop());

const send = (user: string, id: string, parts: MessageParts) =>
  callAs(galley, user, {
    method: 'POST',
    path: pathOf(id, '/proteus/messages'),
    bytes: encodeMessage(parts),
  });

const clientOf = (user: string) => galley.peers.clients.get(user)?.[0] ?? '';

const noMismatch = {
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  missing: {},
  redundant: {},
  deleted: {},
  failed_to_send: {},
  failed_to_confirm_clients: {},
};

describe('a message', () => {
  it('goes to exactly the clients that it was encrypted for, each with its own text', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const second = randomClient();
    galley.peers.clients.get(ada)?.push(second);
    const id = await newGroup(galley, [ada, bob]);
    const pushedBefore = galley.peers.pushes.length;
    const answer = await send(ada, id, {
      sender: clientOf(ada),
      recipients: [
        { user: ada, clients: { [second]: 'for ada' } },
        { user: bob, clients: { [clientOf(bob)]: 'for bob' } },
      ],
      blob: Buffer.from('blob'),
      strategy: 'report_all',
    });
    expect(answer).toMatchObject({ status: 201, body: noMismatch });
    const pushed = galley.peers.pushes.slice(pushedBefore);
    const to = pushed.flatMap(({ recipients }) => recipients);
    expect(new Set(to)).toEqual(
      new Set([
        { user: ada, clients: [second] },
        { user: bob, clients: [clientOf(bob)] },
      ]),
    );
    for (const one of pushed)
      expect(one).toMatchObject({ origin: ada, originConnection: '1', transient: false });
    expect(eventsFor(galley, bob, id).at(-1)).toEqual({
      type: 'conversation.otr-message-add',
      conversation: id,
      qualified_conversation: qualified(id),
      from: ada,
      qualified_from: qualified(ada),
      via: 'user',
      time: expect.any(String),
      data: {
        sender: clientOf(ada),
        recipient: clientOf(bob),
        text: Buffer.from('for bob').toString('base64'),
        data: Buffer.from('blob').toString('base64'),
      },
    });
  });

  it('is not sent where clients are missing, and says which', async () => {
    const [ada = '', bob = '', eve = ''] = await newFriends(galley, 3);
    const id = await newGroup(galley, [ada, bob, eve]);
    const pushedBefore = galley.peers.pushes.length;
    const gone = randomClient();
    const answer = await send(ada, id, {
      sender: clientOf(ada),
      recipients: [
        { user: ada, clients: { [clientOf(ada)]: 'x' } },
        { user: bob, clients: { [clientOf(bob)]: 'x', [gone]: 'x' } },
      ],
      strategy: 'report_all',
    });
    expect(answer.status).toBe(412);
    expect(answer.body).toEqual({
      ...noMismatch,
      missing: { [testDomain]: { [eve]: [clientOf(eve)] } },
      redundant: { [testDomain]: { [ada]: [clientOf(ada)] } },
      deleted: { [testDomain]: { [bob]: [gone] } },
    });
    expect(galley.peers.pushes).toHaveLength(pushedBefore);
  });

  it('reaches a client that was made a moment ago', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob]);
    const message = {
      sender: clientOf(ada),
      recipients: [{ user: bob, clients: { [clientOf(bob)]: 'x' } }],
      strategy: 'report_all',
    } as const;
    expect((await send(ada, id, message)).status).toBe(201);
    galley.peers.clients.get(bob)?.push('abc');
    const late = await send(ada, id, message);
    expect(late).toMatchObject({
      status: 412,
      body: { missing: { [testDomain]: { [bob]: ['abc'] } } },
    });
  });

  it('may be transient', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob]);
    const recipients = [{ user: bob, clients: { [clientOf(bob)]: 'x' } }];
    const parts = { sender: clientOf(ada), recipients, transient: true } as const;
    expect((await send(ada, id, { ...parts, strategy: 'ignore_all' })).status).toBe(201);
    expect(galley.peers.pushes.at(-1)).toMatchObject({ transient: true });
  });

  it('is for members, from a client of theirs', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada]);
    const strategy = 'ignore_all';
    const foreign = await send(bob, id, { sender: clientOf(bob), strategy });
    expect(errorOf(foreign)).toBe('404 no-conversation');
    const nowhere = await send(bob, randomUUID(), { sender: clientOf(bob), strategy });
    expect(errorOf(nowhere)).toBe('404 no-conversation');
    const borrowed = await send(ada, id, { sender: clientOf(bob), strategy });
    expect(errorOf(borrowed)).toBe('403 unknown-client');
  });

  it('is refused whole where a part of it is larger than can be stored', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob]);
    const pushedBefore = galley.peers.pushes.length;
    const answer = await send(ada, id, {
      sender: clientOf(ada),
      recipients: [{ user: bob, clients: { [clientOf(bob)]: 'x' } }],
      blob: Buffer.alloc(7_000_000),
      strategy: 'ignore_all',
    });
    expect(errorOf(answer)).toBe('413 client-error');
    expect(galley.peers.pushes).toHaveLength(pushedBefore);
  });

  it('is handed on in several calls where it is large for many', async () => {
    const [ada = '', ...others] = await newFriends(galley, 6);
    const id = await newGroup(galley, [ada, ...others]);
    const answer = await send(ada, id, {
      sender: clientOf(ada),
      recipients: others.map((user) => ({ user, clients: { [clientOf(user)]: 'x' } })),
      blob: Buffer.alloc(5_000_000),
      strategy: 'report_all',
    });
    expect(answer.status).toBe(201);
    for (const user of others) expect(eventsFor(galley, user, id)).toHaveLength(2);
  });

  it.each([
    ['no message', Buffer.from('{}'), '400 bad-request'],
    ['nothing', new Uint8Array(), '400 bad-request'],
    ['no strategy', encodeMessage({ sender: '1' }), '400 bad-request'],
    ['40 MiB and a byte', Buffer.alloc(40 * 1024 * 1024 + 1), '413 client-error'],
  ])('that is %s is refused', async (_, bytes, error) => {
    const [ada = ''] = await newFriends(galley, 1);
    const path = pathOf(ada, '/proteus/messages');
    expect(errorOf(await callAs(galley, ada, { method: 'POST', path, bytes }))).toBe(error);
  });

  it('is not acknowledged where gundeck did not store it', async () => {
    const [ada = '', bob = ''] = await newFriends(galley, 2);
    const id = await newGroup(galley, [ada, bob]);
    const env = { BRIG_URL: galley.peers.url, GUNDECK_URL: 'http://127.0.0.1:1' };
    const alone = await startTestGalley(env);
    try {
      const bytes = encodeMessage({
        sender: clientOf(ada),
        recipients: [{ user: bob, clients: { [clientOf(bob)]: 'x' } }],
        strategy: 'report_all',
      });
      const path = pathOf(id, '/proteus/messages');
      const answer = await callAs(alone, ada, { method: 'POST', path, bytes });
      expect(errorOf(answer)).toBe('503 service-unavailable');
      expect(answer.headers.get('retry-after')).toBe('5');
    } finally {
      await alone.stop();
    }
  });

  it('is refused as JSON', async () => {
    const [ada = ''] = await newFriends(galley, 1);
    const path = pathOf(ada, '/proteus/messages');
    const answer = await callAs(galley, ada, { method: 'POST', path, body: {} });
    expect(errorOf(answer)).toBe('415 client-error');
  });
});

describe('a broadcast', () => {
  it('goes to all contacts and to one’s own other clients', async () => {
    const [ada = '', bob = '', eve = ''] = await newFriends(galley, 3);
    galley.peers.clients.get(ada)?.push('abc');
    const path = '/broadcast/proteus/messages';
    const recipients = [
      { user: bob, clients: { [clientOf(bob)]: 'x' } },
      { user: ada, clients: { abc: 'x' } },
    ];
    const parts = { sender: clientOf(ada), recipients };
    const bytes = encodeMessage({ ...parts, strategy: 'report_all' });
    const partial = await callAs(galley, ada, { method: 'POST', path, bytes });
    expect(partial).toMatchObject({
      status: 412,
      body: { missing: { [testDomain]: { [eve]: [clientOf(eve)] } } },
    });
    const sent = encodeMessage({ ...parts, strategy: 'ignore_all' });
    expect((await callAs(galley, ada, { method: 'POST', path, bytes: sent })).status).toBe(201);
    expect(eventsFor(galley, bob, ada)).toMatchObject([
      { type: 'conversation.otr-message-add', from: ada },
    ]);
    expect(eventsFor(galley, eve, ada)).toEqual([]);
  });
});
