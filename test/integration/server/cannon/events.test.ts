import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  numbered,
  push,
  startTestCannon,
  startTestGundeck,
} from '../../../helpers/server/push-services.js';
import {
  fetchAll,
  numberOf,
  openSocket,
  type EventsFrame,
  type SocketClient,
} from '../../../helpers/server/socket-client.js';
import type { TestService } from '../../../helpers/server/service.js';
import { until } from '../../../helpers/stores/shared-store.js';

const path = '/v9/events';
const client = 'c1';

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

/** A user whose client has a queue. */
async function queuedUser(): Promise<string> {
  const user = randomUUID();
  await startQueue(user);
  return user;
}

async function startQueue(user: string): Promise<void> {
  const url = `${gundeck.url}/i/clients/${user}/${client}/consumable`;
  expect((await fetch(url, { method: 'PUT' })).status).toBe(200);
}

function came(socket: SocketClient, count: number): Promise<void> {
  return until(`${String(count)} frames`, () => Promise.resolve(socket.frames.length >= count));
}

/** Numbers of events and names of other frames, in their order. */
function told(frames: readonly EventsFrame[]): (number | string)[] {
  return frames.map((frame) => (frame.type === 'event' ? numberOf(frame.data.event) : frame.type));
}

describe('the socket with a queue', () => {
  it('brings what waited, then the marker, then what comes, with tags from 1 on', async () => {
    const user = await queuedUser();
    await push(gundeck.url, [numbered(user, 1), numbered(user, 2)]);
    const marker = randomUUID();
    const socket = await openSocket({ url: cannon.url, user, client, path, marker });
    await came(socket, 3);
    await push(gundeck.url, [numbered(user, 3)]);
    await came(socket, 4);
    expect(told(socket.frames)).toEqual([1, 2, 'synchronization', 3]);
    expect(socket.frames.map((frame) => 'data' in frame && frame.data.delivery_tag)).toEqual([
      1, 2, 3, 4,
    ]);
    expect(socket.frames[2]).toMatchObject({ data: { marker_id: marker } });
    socket.close();
  });

  it('brings again what was not acknowledged, and only that', async () => {
    const user = await queuedUser();
    await push(
      gundeck.url,
      [1, 2, 3, 4].map((number) => numbered(user, number)),
    );
    const first = await openSocket({ url: cannon.url, user, client, path });
    await came(first, 4);
    first.ack(2, true);
    first.close();
    await first.closed;
    await untilAcked(user, 2);
    const second = await openSocket({ url: cannon.url, user, client, path });
    await came(second, 2);
    expect(told(second.frames)).toEqual([3, 4]);
    second.close();
  });

  it('waits for acknowledgements when 500 frames are open', async () => {
    const user = await queuedUser();
    await push(
      gundeck.url,
      Array.from({ length: 620 }, (_, number) => numbered(user, number)),
    );
    const socket = await openSocket({ url: cannon.url, user, client, path });
    await came(socket, 500);
    await push(gundeck.url, [numbered(user, 620)]);
    expect(socket.frames).toHaveLength(500);
    socket.ack(500, true);
    await came(socket, 621);
    expect(told(socket.frames)).toEqual(Array.from({ length: 621 }, (_, number) => number));
    socket.close();
  });

  it('keeps the events from the legacy stream, which keeps what came before', async () => {
    const user = randomUUID();
    await push(gundeck.url, [numbered(user, 1)]);
    await startQueue(user);
    await startQueue(user);
    const legacy = await openSocket({ url: cannon.url, user, client });
    const socket = await openSocket({ url: cannon.url, user, client, path });
    await push(gundeck.url, [numbered(user, 2)]);
    await came(socket, 1);
    expect(told(socket.frames)).toEqual([2]);
    expect((await fetchAll({ url: gundeck.url, user, client })).map(numberOf)).toEqual([1]);
    expect(legacy.texts).toEqual([]);
    legacy.close();
    socket.close();
  });

  it('brings transient pushes while it is open, once', async () => {
    const user = await queuedUser();
    const first = await openSocket({ url: cannon.url, user, client, path });
    await push(gundeck.url, [numbered(user, 1, { transient: true })]);
    await came(first, 1);
    first.close();
    await first.closed;
    const second = await openSocket({ url: cannon.url, user, client, path });
    await push(gundeck.url, [numbered(user, 2)]);
    await came(second, 1);
    expect(told(second.frames)).toEqual([2]);
    second.close();
  });

  it('without a client brings what comes, without a marker', async () => {
    const user = randomUUID();
    await push(gundeck.url, [numbered(user, 1)]);
    const socket = await openSocket({ url: cannon.url, user, path, marker: randomUUID() });
    await push(gundeck.url, [numbered(user, 2)]);
    await came(socket, 1);
    expect(told(socket.frames)).toEqual([2]);
    socket.close();
  });

  it.each([
    ['ping', 'failed-to-parse'],
    ['{"type":"ack"}', 'failed-to-parse'],
    ['{"type":"ack_full_sync"}', 'unexpected-ack'],
  ])('is closed on %s', async (text, reason) => {
    const user = await queuedUser();
    const socket = await openSocket({ url: cannon.url, user, client, path });
    socket.send(text);
    expect(await socket.closed).toEqual({ code: 1003, reason });
  });
});

/** Waits until the queue of a user stands behind a number. */
async function untilAcked(user: string, number: number): Promise<void> {
  await until(`number ${String(number)} is acknowledged`, async () => {
    const probe = await openSocket({ url: cannon.url, user, client, path });
    await came(probe, 1);
    const [first] = told(probe.frames);
    probe.close();
    await probe.closed;
    return first === number + 1;
  });
}
