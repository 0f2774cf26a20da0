import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startTestBrig } from '../../../helpers/server/brig.js';
import {
  as,
  call,
  cookieOf,
  newEmail,
  newUser,
  password,
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

const post = (path: string, body: unknown, headers = {}): Promise<Answer> =>
  call(brig, { method: 'POST', path, body, headers });
const access = z.object({ user: z.string(), access_token: z.string(), expires_in: z.int() });

describe('an account', () => {
  it('is made, activated with the code that is mailed, and logs in', async () => {
    const email = newEmail();
    const made = await post('/v8/register', { name: 'Ada', email, password });
    expect(made).toMatchObject({ status: 201, body: { name: 'Ada', email, status: 'active' } });
    expect(made.headers.get('set-cookie')).toMatch(
      /^zuid=[^;]+; Path=\/access; Expires=[^;]+; HttpOnly$/,
    );
    const login = { email, password };
    expect(await post('/v8/login', login)).toMatchObject({
      status: 403,
      body: { label: 'pending-activation' },
    });
    const { text } = await inbox.mailTo(email);
    const [, code] = /Subject: ([0-9]{6}) /.exec(text) ?? [];
    const wrong = code === '000000' ? '000001' : '000000';
    expect(await post('/v8/activate', { email, code: wrong })).toMatchObject({ status: 404 });
    expect(await post('/v8/activate', { email, code })).toMatchObject({
      status: 200,
      body: { email, first: true },
    });
    expect(await post('/v8/login?persist=true', login)).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 900 },
    });
    expect(peers.typesFor(z.object({ id: z.string() }).parse(made.body).id)).toEqual([
      'user.activate',
    ]);
  });

  it('is given to exactly one of those who ask for an address at the same time', async () => {
    const email = newEmail().toUpperCase();
    const asked = Array.from({ length: 6 }, (_, at) =>
      post('/v8/register', {
        name: String(at),
        email: at % 2 ? email : email.toLowerCase(),
        password,
      }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it('is taken over by who proves the address, from who only said it', async () => {
    const email = newEmail();
    await post('/v8/register', { name: 'Mallory', email, password });
    await post('/v8/activate/send', { email });
    const sent = await call(brig, { path: `/i/users/activation-code?email=${email}` });
    const { code } = z.object({ code: z.string() }).parse(sent.body);
    const made = await post('/v8/register', { name: 'Ada', email, password, email_code: code });
    expect(made.status).toBe(201);
    expect(await post('/v8/login', { email, password })).toMatchObject({ status: 200 });
  });

  it('keeps a code for three tries only', async () => {
    const email = newEmail();
    await post('/v8/register', { name: 'Ada', email, password });
    const sent = await call(brig, { path: `/i/users/activation-code?email=${email}` });
    const { code } = z.object({ code: z.string() }).parse(sent.body);
    const wrong = code === '111111' ? '222222' : '111111';
    for (let times = 0; times < 3; times++) await post('/v8/activate', { email, code: wrong });
    expect(await post('/v8/activate', { email, code })).toMatchObject({
      status: 404,
      body: { label: 'invalid-code' },
    });
  });

  it.each([
    ['no name', { email: 'a@b.example' }, 400, 'bad-request'],
    [
      'a short password',
      { name: 'A', email: 'a@b.example', password: 'short' },
      400,
      'bad-request',
    ],
    ['an address that is none', { name: 'A', email: 'a@' }, 400, 'bad-request'],
    ['an invitation', { name: 'A', invitation_code: 'x' }, 400, 'invalid-invitation-code'],
    ['a list', [], 400, 'bad-request'],
  ])('is not made of %s', async (_, body, status, label) => {
    expect(await post('/v8/register', body)).toMatchObject({ status, body: { label } });
  });
});

describe('a session', () => {
  it('refuses a wrong password with the words that clients know, and many of them for a while', async () => {
    const { email } = await newUser(brig);
    const login = { email, password: 'not this one' };
    for (let times = 0; times < 5; times++)
      expect(await post('/v8/login', login)).toMatchObject({
        status: 403,
        body: { label: 'invalid-credentials', message: 'Authentication failed.' },
      });
    const refused = await post('/v8/login', { email, password });
    expect(refused).toMatchObject({ status: 403, body: { label: 'client-error' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('gives access tokens for its cookie until it is ended', async () => {
    const { id, cookie } = await newUser(brig);
    const headers = { cookie: `zuid=${cookie}` };
    const renewed = await call(brig, { method: 'POST', path: '/access', headers });
    const { user, access_token } = access.parse(renewed.body);
    expect(user).toBe(id);
    const authorization = `Bearer ${access_token}`;
    const both = { ...headers, authorization };
    expect(await post('/access/logout', undefined, both)).toMatchObject({ status: 200 });
    expect(await post('/access', undefined, headers)).toMatchObject({ status: 403 });
  });

  it.each([
    ['nothing', {}, 'Missing cookie and token'],
    ['a cookie that is none', { cookie: 'zuid=x.y.z' }, 'Invalid zauth token'],
  ])('is not renewed for %s, with 403 and never 401', async (_, headers, message) => {
    expect(await post('/access', undefined, headers)).toMatchObject({
      status: 403,
      body: { label: 'invalid-credentials', message },
    });
  });

  it('is listed, and removed with the password', async () => {
    const { id, email } = await newUser(brig);
    await post('/v8/login?persist=true', { email, password, label: 'phone' });
    const listed = await call(brig, { path: '/v8/cookies?labels=phone', headers: as(id) });
    expect(listed.body).toMatchObject({ cookies: [{ type: 'persistent', label: 'phone' }] });
    const remove = { password, labels: ['phone'] };
    expect(await post('/v8/cookies/remove', remove, as(id))).toMatchObject({ status: 200 });
    const left = await call(brig, { path: '/v8/cookies?labels=phone', headers: as(id) });
    expect(left.body).toEqual({ cookies: [] });
  });

  it('ends another one with the same label', async () => {
    const { email } = await newUser(brig);
    const login = { email, password, label: 'tab' };
    const first = cookieOf(await post('/v8/login', login));
    await post('/v8/login', login);
    const headers = { cookie: `zuid=${first}` };
    expect(await post('/access', undefined, headers)).toMatchObject({ status: 403 });
  });
});

describe('a profile', () => {
  it('is changed by its user and seen by others', async () => {
    const [ada, bob] = [await newUser(brig, 'Ada'), await newUser(brig, 'Bob')];
    const change = { name: 'Ada L.', accent_id: 3 };
    await call(brig, { method: 'PUT', path: '/v8/self', body: change, headers: as(ada.id) });
    const ids = [ada.id, bob.id].map((id) => ({ domain: 'wire.example', id }));
    const listed = await post('/v8/list-users', { qualified_ids: ids }, as(bob.id));
    const found = z
      .object({ found: z.array(z.looseObject({ name: z.string() })) })
      .parse(listed.body);
    expect(found.found.map(({ name }) => name).sort()).toEqual(['Ada L.', 'Bob']);
    expect(JSON.stringify(listed.body)).not.toContain(ada.email);
  });

  it.each([
    ['/v8/self', {}, 401, 'unauthorized'],
    ['/v8/users/wire.example/x', as('4d9d2c9b-1f0c-4a0e-9f38-0d0f2e1c7a11'), 400, 'client-error'],
    [
      '/v8/users/wire.example/4d9d2c9b-1f0c-4a0e-9f38-0d0f2e1c7a10',
      as('4d9d2c9b-1f0c-4a0e-9f38-0d0f2e1c7a11'),
      404,
      'not-found',
    ],
  ])('answers GET %s with the error that clients know', async (path, headers, status, label) => {
    expect(await call(brig, { path, headers })).toMatchObject({ status, body: { label } });
  });
});
