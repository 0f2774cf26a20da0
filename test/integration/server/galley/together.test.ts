import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { galley } from '../../../../server/services/galley/galley.js';
import {
  as,
  call,
  newClientBody,
  newUser,
  type TestUser,
} from '../../../helpers/server/brig-user.js';
import { startTestBrig } from '../../../helpers/server/brig.js';
import { qualified } from '../../../helpers/server/galley.js';
import { encodeMessage } from '../../../helpers/server/proteus.js';
import { startTestGundeck } from '../../../helpers/server/push-services.js';
import {
  startTestService,
  testDomain,
  untilReady,
  type TestService,
} from '../../../helpers/server/service.js';
import { sharedCassandra } from '../../../helpers/stores/cassandra.js';
import { freePort } from '../../../helpers/stores/shared-store.js';

let services: { brig: TestService; galley: TestService; gundeck: TestService };
beforeAll(async () => {
  const gundeck = await startTestGundeck();
  const [brigPort, galleyPort] = [await freePort(), await freePort()];
  const { port } = await sharedCassandra();
  const urls = {
    BRIG_URL: `http://127.0.0.1:${String(brigPort)}`,
    GALLEY_URL: `http://127.0.0.1:${String(galleyPort)}`,
    GUNDECK_URL: gundeck.url,
    CASSANDRA_CONTACT_POINTS: `127.0.0.1:${String(port)}`,
  };
  const env = { ...urls, LISTEN_PORT: String(galleyPort) };
  const startedGalley = await startTestService(galley, { env });
  await untilReady(startedGalley);
  const brig = await startTestBrig({ env: { ...urls, LISTEN_PORT: String(brigPort) } });
  services = { brig, galley: startedGalley, gundeck };
});
afterAll(async () => {
  for (const service of Object.values(services)) await service.stop();
});

const withId = z.looseObject({ id: z.string() });
const notifications = z.object({
  notifications: z.array(z.object({ payload: z.array(z.looseObject({ type: z.string() })) })),
});

interface Person extends TestUser {
  readonly client: string;
}

async function newPerson(name: string): Promise<Person> {
  const user = await newUser(services.brig, name);
  return { ...user, client: await newClient(user) };
}

async function newClient({ id }: TestUser): Promise<string> {
  const answer = await call(services.brig, {
    method: 'POST',
    path: '/v9/clients',
    body: newClientBody(),
    headers: as(id),
  });
  return withId.parse(answer.body).id;
}

const connection = (method: string, user: string, other: string, body?: unknown) =>
  call(services.brig, {
    method,
    path: `/v9/connections/${testDomain}/${other}`,
    body,
    headers: as(user),
  });

/** What a client finds when it asks for what it missed. */
async function eventsOf({ id, client }: Person) {
  const path = `/v9/notifications?client=${client}&size=1000`;
  const { body } = await call(services.gundeck, { path, headers: as(id) });
  return notifications.parse(body).notifications.flatMap(({ payload }) => payload);
}

async function send(
  sender: Person,
  conversation: string,
  texts: readonly { readonly user: string; readonly client: string }[],
) {
  const recipients = texts.map(({ user, client }) => ({ user, clients: { [client]: 'hi' } }));
  const bytes = encodeMessage({ sender: sender.client, recipients, strategy: 'report_all' });
  const path = `/v9/conversations/${testDomain}/${conversation}/proteus/messages`;
  const response = await fetch(`${services.galley.url}${path}`, {
    method: 'POST',
    headers: { ...as(sender.id), 'content-type': 'application/x-protobuf' },
    body: Buffer.from(bytes),
  });
  return { status: response.status, body: z.unknown().parse(await response.json()) };
}

describe('brig, galley and gundeck together', () => {
  it('let two people connect, talk in a group, and find what they missed', async () => {
    const [ada, bob] = [await newPerson('Ada'), await newPerson('Bob')];
    expect((await connection('POST', ada.id, bob.id)).status).toBe(201);
    expect((await connection('PUT', bob.id, ada.id, { status: 'accepted' })).status).toBe(200);
    const made = await call(services.galley, {
      method: 'POST',
      path: '/v9/conversations',
      body: { name: 'group', qualified_users: [qualified(bob.id)] },
      headers: as(ada.id),
    });
    expect(made.status).toBe(201);
    const group = withId.parse(made.body).id;
    const sent = await send(ada, group, [{ user: bob.id, client: bob.client }]);
    expect(sent).toMatchObject({ status: 201, body: { missing: {} } });
    const types = (await eventsOf(bob)).map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining([
        'user.client-add',
        'user.connection',
        'conversation.member-join',
        'conversation.create',
        'conversation.otr-message-add',
      ]),
    );
    expect((await eventsOf(ada)).map(({ type }) => type)).not.toContain(
      'conversation.otr-message-add',
    );
  });

  it('agree on the clients of people at every moment', async () => {
    const [ada, bob] = [await newPerson('Ada'), await newPerson('Bob')];
    await connection('POST', ada.id, bob.id);
    const accepted = await connection('PUT', bob.id, ada.id, { status: 'accepted' });
    const { conversation } = z.looseObject({ conversation: z.string() }).parse(accepted.body);
    const old = { user: bob.id, client: bob.client };
    expect((await send(ada, conversation, [old])).status).toBe(201);
    const fresh = { user: bob.id, client: await newClient(bob) };
    expect(await send(ada, conversation, [old])).toMatchObject({
      status: 412,
      body: { missing: { [testDomain]: { [bob.id]: [fresh.client] } } },
    });
    const path = `/v9/clients/${old.client}`;
    const headers = as(bob.id);
    const body = { password: 'a long password' };
    expect((await call(services.brig, { method: 'DELETE', path, headers, body })).status).toBe(200);
    expect(await send(ada, conversation, [old, fresh])).toMatchObject({
      status: 201,
      body: { missing: {}, deleted: { [testDomain]: { [bob.id]: [old.client] } } },
    });
  });

  it('let nothing through to who blocks, and everything again after that', async () => {
    const [ada, bob] = [await newPerson('Ada'), await newPerson('Bob')];
    await connection('POST', ada.id, bob.id);
    const accepted = await connection('PUT', bob.id, ada.id, { status: 'accepted' });
    const { conversation } = z.looseObject({ conversation: z.string() }).parse(accepted.body);
    await connection('PUT', bob.id, ada.id, { status: 'blocked' });
    const to = [{ user: bob.id, client: bob.client }];
    expect(await send(ada, conversation, to)).toMatchObject({
      status: 201,
      body: { redundant: { [testDomain]: { [bob.id]: [bob.client] } } },
    });
    await connection('PUT', bob.id, ada.id, { status: 'accepted' });
    expect(await send(ada, conversation, to)).toMatchObject({ body: { redundant: {} } });
    const messages = (await eventsOf(bob)).filter(
      ({ type }) => type === 'conversation.otr-message-add',
    );
    expect(messages).toHaveLength(1);
  });
});
