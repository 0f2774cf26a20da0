import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  numbered,
  push,
  startCannonProcess,
  startTestCannon,
  startTestGundeck,
} from '../../../helpers/server/push-services.js';
import { fetchAll, numberOf, openSocket } from '../../../helpers/server/socket-client.js';
import type { TestService } from '../../../helpers/server/service.js';
import { until } from '../../../helpers/stores/shared-store.js';

let gundeck: TestService;
let cannon: TestService;
beforeAll(async () => {
  gundeck = await startTestGundeck();
  cannon = await startTestCannon(gundeck.url);
});
afterAll(async () => {
  await cannon.stop();
  await gundeck.stop();
});

/** Waits until numbers came on a socket. */
function came(socket: { readonly numbers: readonly number[] }, count: number): Promise<void> {
  return until(`${String(count)} notifications`, () =>
    Promise.resolve(socket.numbers.length >= count),
  );
}

describe('the legacy socket', () => {
  it('brings what is pushed, with the ids that are fetched', async () => {
    const user = randomUUID();
    const socket = await openSocket({ url: cannon.url, user });
    await push(
      gundeck.url,
      [1, 2, 3].map((number) => numbered(user, number)),
    );
    await came(socket, 3);
    expect(socket.notifications).toEqual(await fetchAll({ url: gundeck.url, user }));
    socket.close();
  });

  it('answers ping with pong', async () => {
    const socket = await openSocket({ url: cannon.url, user: randomUUID() });
    socket.send('ping');
    await until('a pong', () => Promise.resolve(socket.texts.includes('pong')));
    socket.send('anything else');
    socket.send('ping');
    await until('another', () => Promise.resolve(socket.texts.length === 2));
    expect(socket.texts).toEqual(['pong', 'pong']);
    socket.close();
  });

  it('brings transient pushes, which are not fetched', async () => {
    const user = randomUUID();
    const socket = await openSocket({ url: cannon.url, user });
    await push(gundeck.url, [numbered(user, 1, { transient: true })]);
    await came(socket, 1);
    expect(socket.notifications[0]?.transient).toBe(true);
    expect(await fetchAll({ url: gundeck.url, user })).toEqual([]);
    socket.close();
  });

  it('brings a client what is for it, and a socket without a client all', async () => {
    const user = randomUUID();
    const [phone, desktop, any] = await Promise.all([
      openSocket({ url: cannon.url, user, client: 'a' }),
      openSocket({ url: cannon.url, user, client: 'b' }),
      openSocket({ url: cannon.url, user }),
    ]);
    const onlyFor = (client: string) => ({ recipients: [{ user, clients: [client] }] });
    await push(gundeck.url, [
      numbered(user, 1, onlyFor('a')),
      numbered(user, 2, onlyFor('b')),
      numbered(user, 3),
    ]);
    await Promise.all([came(phone, 2), came(desktop, 2), came(any, 3)]);
    expect([phone.numbers, desktop.numbers, any.numbers]).toEqual([
      [1, 3],
      [2, 3],
      [1, 2, 3],
    ]);
    for (const socket of [phone, desktop, any]) socket.close();
  });

  it('passes over the connection that caused it, but stores it', async () => {
    const user = randomUUID();
    const own = await openSocket({ url: cannon.url, user, connection: '11' });
    const otherDevice = await openSocket({ url: cannon.url, user, connection: '12' });
    await push(gundeck.url, [
      numbered(user, 1, { origin: user, originConnection: '11' }),
      numbered(user, 2, { origin: user, originConnection: '11', transient: true }),
      numbered(user, 3),
    ]);
    await Promise.all([came(own, 1), came(otherDevice, 3)]);
    expect(own.numbers).toEqual([3]);
    expect([...otherDevice.numbers].sort()).toEqual([1, 2, 3]);
    expect((await fetchAll({ url: gundeck.url, user })).map(numberOf)).toEqual([1, 3]);
    own.close();
    otherDevice.close();
  });

  it('gives way to a newer one of the same connection', async () => {
    const user = randomUUID();
    const older = await openSocket({ url: cannon.url, user, connection: '21' });
    const newer = await openSocket({ url: cannon.url, user, connection: '21' });
    expect((await older.closed).code).toBe(1001);
    await push(gundeck.url, [numbered(user, 1)]);
    await came(newer, 1);
    newer.close();
  });

  it('stays alone of those of one connection that open at once', async () => {
    const user = randomUUID();
    const opening = [1, 2, 3, 4].map(() => openSocket({ url: cannon.url, user, connection: '22' }));
    const settled = await Promise.allSettled(opening);
    const opened = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const open = () => opened.filter((socket) => !socket.isClosed());
    await until('one is left', () => Promise.resolve(open().length === 1));
    const [left] = open();
    await push(gundeck.url, [numbered(user, 1)]);
    await until('it gets what comes', () => Promise.resolve(left?.numbers.length === 1));
    expect(left?.numbers).toEqual([1]);
    left?.close();
  });

  it.each([
    ['/await', ''],
    ['/nothing', randomUUID()],
    ['/v7/events', randomUUID()],
    ['/events', randomUUID()],
  ])('is refused at %s for user "%s"', async (path, user) => {
    await expect(openSocket({ url: cannon.url, user, path })).rejects.toThrow(/refused/);
  });

  it('is refused for a client that is none', async () => {
    const user = randomUUID();
    await expect(openSocket({ url: cannon.url, user, client: 'x' })).rejects.toThrow(/refused/);
  });

  it('is refused while gundeck is away, because it could miss something', async () => {
    const lonely = await startTestCannon('http://127.0.0.1:9');
    const user = randomUUID();
    await expect(openSocket({ url: lonely.url, user })).rejects.toThrow(/refused/);
    await lonely.stop();
  });
});

describe('a socket whose client is dead', () => {
  it('is ended, while one that answers pings stays', async () => {
    const watchful = await startTestCannon(gundeck.url, { PING_SECONDS: '1' });
    const user = randomUUID();
    const alive = await openSocket({ url: watchful.url, user });
    const dead = await openMute(watchful.port, user);
    await once(dead, 'close');
    expect(alive.isClosed()).toBe(false);
    await push(gundeck.url, [numbered(user, 1)]);
    await came(alive, 1);
    await watchful.stop();
    expect((await alive.closed).code).toBe(1001);
  });
});

describe('two cannons', () => {
  it('both bring what is pushed; where one is killed the other goes on, and what was missed is fetched', async () => {
    const user = randomUUID();
    const mortal = await startCannonProcess(gundeck.url);
    const here = await openSocket({ url: cannon.url, user });
    const there = await openSocket({ url: mortal.url, user });
    await push(gundeck.url, [numbered(user, 1)]);
    await Promise.all([came(here, 1), came(there, 1)]);
    await mortal.kill();
    await there.closed;
    expect(await push(gundeck.url, [numbered(user, 2), numbered(user, 3)])).toBe(200);
    await came(here, 3);
    const since = there.notifications.at(-1)?.id ?? '';
    const again = await openSocket({ url: cannon.url, user });
    const missed = await fetchAll({ url: gundeck.url, user, since });
    expect(missed.map(numberOf)).toEqual([2, 3]);
    expect(here.numbers).toEqual([1, 2, 3]);
    here.close();
    again.close();
  });
});

/** A WebSocket client that never answers: it only opens. */
async function openMute(port: number, user: string) {
  const socket = connect(port, '127.0.0.1');
  const head = [
    'GET /await HTTP/1.1',
    'Host: x',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Z-User: ${user}`,
    '',
    '',
  ];
  socket.write(head.join('\r\n'));
  await once(socket, 'data');
  socket.resume();
  return socket;
}
