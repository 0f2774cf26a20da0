import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { numbered, push, startTestGundeck } from '../../../helpers/server/push-services.js';
import { fetchAll, fetchPage, numberOf } from '../../../helpers/server/socket-client.js';
import type { TestService } from '../../../helpers/server/service.js';

let gundeck: TestService;
let other: TestService;
beforeAll(async () => {
  gundeck = await startTestGundeck();
  other = await startTestGundeck();
});
afterAll(async () => {
  await gundeck.stop();
  await other.stop();
});

function get(path: string, user: string): Promise<Response> {
  return fetch(`${gundeck.url}/v9${path}`, { headers: { 'z-user': user } });
}

describe('notifications', () => {
  it('are fetched in the order of their pushes, with ids that grow', async () => {
    const user = randomUUID();
    const pushes = Array.from({ length: 40 }, (_, number) => numbered(user, number));
    expect(await push(gundeck.url, pushes)).toBe(200);
    const all = await fetchAll({ url: gundeck.url, user });
    expect(all.map(numberOf)).toEqual(pushes.map((_, number) => number));
    expect(new Set(all.map(({ id }) => id)).size).toBe(40);
  });

  it('have one order where two gundecks write at once, and none is lost', async () => {
    const user = randomUUID();
    const urls = [gundeck.url, other.url];
    const writes = Array.from({ length: 60 }, (_, number) =>
      push(urls[number % 2] ?? '', [numbered(user, number)]),
    );
    expect(new Set(await Promise.all(writes))).toEqual(new Set([200]));
    const all = await fetchAll({ url: gundeck.url, user });
    expect(all.map(numberOf).sort((a, b) => a - b)).toEqual(writes.map((_, number) => number));
  });

  it('come in pages, each after the last id of the one before', async () => {
    const user = randomUUID();
    await push(
      gundeck.url,
      Array.from({ length: 250 }, (_, number) => numbered(user, number)),
    );
    const first = await fetchPage({ url: gundeck.url, user, size: 100 });
    expect(first.notifications).toHaveLength(100);
    expect(first.has_more).toBe(true);
    const all = await fetchAll({ url: gundeck.url, user, size: 100 });
    expect(all.map(numberOf)).toEqual(Array.from({ length: 250 }, (_, number) => number));
  });

  it('end a page early where they are large', async () => {
    const user = randomUUID();
    const payload = [{ type: 'test.large', text: 'x'.repeat(2 * 1024 * 1024) }];
    const recipients = [{ user, clients: 'all' as const }];
    await push(
      gundeck.url,
      [1, 2, 3, 4].map(() => ({ recipients, payload })),
    );
    const page = await fetchPage({ url: gundeck.url, user });
    expect(page.notifications).toHaveLength(3);
    expect(page.has_more).toBe(true);
    expect(await fetchAll({ url: gundeck.url, user })).toHaveLength(4);
  });

  it('are refused where one is too large to be stored, and then none is stored', async () => {
    const user = randomUUID();
    const payload = [{ type: 'test.large', text: 'x'.repeat(8 * 1024 * 1024) }];
    const large = { recipients: [{ user, clients: 'all' as const }], payload };
    expect(await push(gundeck.url, [numbered(user, 1), large])).toBe(413);
    expect(await fetchAll({ url: gundeck.url, user })).toEqual([]);
  });

  it('of other clients are hidden from a client', async () => {
    const user = randomUUID();
    const onlyFor = (client: string) => ({ recipients: [{ user, clients: [client] }] });
    await push(gundeck.url, [
      numbered(user, 1),
      numbered(user, 2, onlyFor('a')),
      numbered(user, 3, onlyFor('b')),
    ]);
    const numbersOf = async (client: string) =>
      (await fetchAll({ url: gundeck.url, user, client })).map(numberOf);
    expect(await numbersOf('a')).toEqual([1, 2]);
    expect(await numbersOf('b')).toEqual([1, 3]);
    expect((await fetchAll({ url: gundeck.url, user })).map(numberOf)).toEqual([1, 2, 3]);
    const last: unknown = await (await get('/notifications/last?client=a', user)).json();
    expect(last).toMatchObject({ payload: [{ number: 2 }] });
  });

  it('that are transient are not stored', async () => {
    const user = randomUUID();
    await push(gundeck.url, [numbered(user, 1), numbered(user, 2, { transient: true })]);
    expect((await fetchAll({ url: gundeck.url, user })).map(numberOf)).toEqual([1]);
  });

  it('are found one by one', async () => {
    const user = randomUUID();
    await push(gundeck.url, [numbered(user, 1)]);
    const [one] = await fetchAll({ url: gundeck.url, user });
    const response = await get(`/notifications/${one?.id ?? ''}`, user);
    expect(await response.json()).toEqual(one);
    expect((await get(`/notifications/${one?.id ?? ''}`, randomUUID())).status).toBe(404);
  });

  it.each([
    [
      'an unknown since',
      '/notifications?since=c1a1f6e0-0000-11ee-8000-000000000000',
      404,
      'not-found',
    ],
    ['a since that is no time UUID', `/notifications?since=${randomUUID()}`, 400, 'bad-request'],
    ['a since that is no UUID', '/notifications?since=x', 400, 'bad-request'],
    ['a page that is too small', '/notifications?size=99', 400, 'bad-request'],
    ['a page that is too large', '/notifications?size=10001', 400, 'bad-request'],
    ['a client that is none', '/notifications?client=xyz', 400, 'bad-request'],
    ['a last one that is not there', '/notifications/last', 404, 'not-found'],
  ])('refuse %s', async (_, path, status, label) => {
    const response = await get(path, randomUUID());
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: status, label });
  });

  it('need a verified user', async () => {
    expect((await fetch(`${gundeck.url}/v9/notifications`)).status).toBe(401);
  });

  it('come with the time of the backend', async () => {
    const body: unknown = await (await get('/time', randomUUID())).json();
    expect(body).toEqual({ time: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect((await fetch(`${gundeck.url}/v8/time`)).status).toBe(404);
  });
});
