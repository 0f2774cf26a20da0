import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startTestBrig } from '../../../helpers/server/brig.js';
import {
  as,
  call,
  clientIdOf,
  newClientBody,
  newUser,
  prekey,
  type Answer,
} from '../../../helpers/server/brig-user.js';
import { startPeers, type Peers } from '../../../helpers/server/peers.js';
import type { TestService } from '../../../helpers/server/service.js';
import { startInbox, type Inbox } from '../../../helpers/stores/inbox.js';

let brig: TestService;
let peers: Peers;
let inbox: Inbox;
beforeAll(async () => {
  [peers, inbox] = [await startPeers(), await startInbox()];
  brig = await startTestBrig({ smtpPort: inbox.port, peersUrl: peers.url });
});
afterAll(async () => {
  await brig.stop();
  peers.stop();
  await inbox.close();
});

const send = (user: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  call(brig, { method, path: `/v8${path}`, body, headers: as(user) });
const domain = 'wire.example';
const claimSchema = z.object({ prekey: z.object({ id: z.int() }) });

describe('a client', () => {
  it('has the id that its last-resort prekey gives it, and its user is told', async () => {
    const { id: user } = await newUser(brig);
    const body = newClientBody();
    const made = await send(user, 'POST', '/clients', body);
    const id = clientIdOf(body.lastkey.key);
    expect(made).toMatchObject({
      status: 201,
      body: { id, type: 'permanent', capabilities: [], mls_public_keys: {} },
    });
    expect(peers.typesFor(user)).toContain('user.client-add');
    expect(await send(user, 'GET', `/clients/${id}/prekeys`)).toMatchObject({
      body: [0, 1, 65_535],
    });
    expect(await send(user, 'GET', '/clients')).toMatchObject({ body: [{ id }] });
  });

  it('is refused as the eighth permanent one, also when all register at once', async () => {
    const { id: user } = await newUser(brig);
    const asked = Array.from({ length: 9 }, () => send(user, 'POST', '/clients', newClientBody(0)));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(2);
    const listed = z.array(z.unknown()).parse((await send(user, 'GET', '/clients')).body);
    expect(listed).toHaveLength(7);
  });

  it('takes the place of another temporary one', async () => {
    const { id: user } = await newUser(brig);
    await send(user, 'POST', '/clients', newClientBody(1, 'temporary'));
    const second = newClientBody(1, 'temporary');
    await send(user, 'POST', '/clients', second);
    expect(await send(user, 'GET', '/clients')).toMatchObject({
      body: [{ id: clientIdOf(second.lastkey.key) }],
    });
    expect(peers.typesFor(user)).toContain('user.client-remove');
  });

  it.each([
    [
      'a prekey whose bundle has another id',
      { prekeys: [{ ...prekey(3), id: 4 }] },
      400,
      'bad-request',
    ],
    ['a prekey that is no bundle', { prekeys: [{ id: 1, key: 'AAAA' }] }, 400, 'bad-request'],
    ['a wrong type', { type: 'eternal' }, 400, 'bad-request'],
  ])('is refused with %s', async (_, more, status, label) => {
    const { id: user } = await newUser(brig);
    const answer = await send(user, 'POST', '/clients', { ...newClientBody(), ...more });
    expect(answer).toMatchObject({ status, body: { label } });
  });

  it('needs the password beside another one', async () => {
    const { id: user } = await newUser(brig);
    await send(user, 'POST', '/clients', newClientBody());
    const without = { ...newClientBody(), password: undefined };
    expect(await send(user, 'POST', '/clients', without)).toMatchObject({
      status: 403,
      body: { label: 'missing-auth' },
    });
  });

  it('can do more later, but never less', async () => {
    const { id: user } = await newUser(brig);
    const body = newClientBody();
    await send(user, 'POST', '/clients', body);
    const path = `/clients/${clientIdOf(body.lastkey.key)}`;
    const capabilities = ['legalhold-implicit-consent'];
    expect(await send(user, 'PUT', path, { capabilities })).toMatchObject({ status: 200 });
    expect(await send(user, 'PUT', path, { capabilities: [] })).toMatchObject({
      status: 409,
      body: { label: 'client-capabilities-cannot-be-removed' },
    });
  });

  it('is unknown to a question for it with an empty 404', async () => {
    const { id: user } = await newUser(brig);
    expect(await send(user, 'GET', '/clients/abc')).toMatchObject({ status: 404, body: undefined });
  });
});

describe('a prekey', () => {
  it('is handed out once, whoever asks at the same time, and then the last resort', async () => {
    const { id: user } = await newUser(brig);
    const body = newClientBody(5);
    await send(user, 'POST', '/clients', body);
    const client = clientIdOf(body.lastkey.key);
    const path = `/users/${domain}/${user}/prekeys/${client}`;
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(user, 'GET', path)));
    const ids = answers.map((answer) => claimSchema.parse(answer.body).prekey.id);
    expect(ids.filter((id) => id !== 65_535).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(ids.filter((id) => id === 65_535)).toHaveLength(7);
  });

  it('is null for a client that is not there', async () => {
    const { id: user } = await newUser(brig);
    const answer = await send(user, 'POST', '/users/list-prekeys', {
      [domain]: { [user]: ['abc'] },
    });
    expect(answer.body).toEqual({
      qualified_user_client_prekeys: { [domain]: { [user]: { abc: null } } },
    });
  });
});

describe('a connection', () => {
  it('is asked for and accepted, and both are told', async () => {
    const [ada, bob] = [await newUser(brig), await newUser(brig)];
    const toBob = `/connections/${domain}/${bob.id}`;
    const toAda = `/connections/${domain}/${ada.id}`;
    expect(await send(ada.id, 'GET', toBob)).toMatchObject({ status: 404, body: undefined });
    expect(await send(ada.id, 'POST', toBob)).toMatchObject({
      status: 201,
      body: { status: 'sent' },
    });
    expect(await send(bob.id, 'GET', toAda)).toMatchObject({ body: { status: 'pending' } });
    const accepted = { status: 'accepted' };
    expect(await send(bob.id, 'PUT', toAda, accepted)).toMatchObject({
      status: 200,
      body: accepted,
    });
    expect(await send(bob.id, 'PUT', toAda, accepted)).toMatchObject({ status: 204 });
    expect(await send(ada.id, 'GET', toBob)).toMatchObject({ body: accepted });
    expect(peers.typesFor(ada.id).filter((type) => type === 'user.connection')).toHaveLength(2);
    expect(await send(ada.id, 'PUT', toBob, { status: 'cancelled' })).toMatchObject({
      status: 403,
      body: { label: 'bad-conn-update' },
    });
    const list = await send(ada.id, 'POST', '/list-connections', { size: 1 });
    expect(list.body).toMatchObject({ has_more: false, connections: [{ to: bob.id }] });
  });

  it('is accepted where both ask at the same time', async () => {
    const [ada, bob] = [await newUser(brig), await newUser(brig)];
    await Promise.all([
      send(ada.id, 'POST', `/connections/${domain}/${bob.id}`),
      send(bob.id, 'POST', `/connections/${domain}/${ada.id}`),
    ]);
    for (const [from, to] of [
      [ada, bob],
      [bob, ada],
    ] as const)
      expect(await send(from.id, 'GET', `/connections/${domain}/${to.id}`)).toMatchObject({
        body: { status: 'accepted' },
      });
  });
});
