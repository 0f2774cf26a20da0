import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  numbered,
  push,
  startTestCannon,
  startTestGundeck,
} from '../../../helpers/server/push-services.js';
import { fetchAll, openSocket, type SocketClient } from '../../../helpers/server/socket-client.js';
import type { TestService } from '../../../helpers/server/service.js';
import { until } from '../../../helpers/stores/shared-store.js';

const path = '/v9/events';
const client = 'c1';
const users = { patient: randomUUID(), hasty: randomUUID() };

let gundeck: TestService;
let cannon: TestService;
beforeAll(async () => {
  await letNotificationsEnd();
  gundeck = await startTestGundeck();
  cannon = await startTestCannon(gundeck.url);
});
afterAll(async () => {
  await cannon.stop();
  await gundeck.stop();
});

/** Number 1 of each user ends before its client got it. */
async function letNotificationsEnd(): Promise<void> {
  const forgetful = await startTestGundeck({ NOTIFICATION_SECONDS: '2' });
  for (const user of Object.values(users)) {
    const url = `${forgetful.url}/i/clients/${user}/${client}/consumable`;
    expect((await fetch(url, { method: 'PUT' })).status).toBe(200);
    expect(await push(forgetful.url, [numbered(user, 1)])).toBe(200);
    await until('it has ended', async () => {
      return (await fetchAll({ url: forgetful.url, user })).length === 0;
    });
  }
  await forgetful.stop();
}

function came(socket: SocketClient, count: number): Promise<void> {
  return until(`${String(count)} frames`, () => Promise.resolve(socket.frames.length >= count));
}

function types(socket: SocketClient): string[] {
  return socket.frames.map(({ type }) => type);
}

describe('a queue that lost something, because its client was away for too long', () => {
  it('says so first, and goes on once the client knows', async () => {
    const user = users.patient;
    const socket = await openSocket({ url: cannon.url, user, client, path });
    await came(socket, 1);
    expect(await push(gundeck.url, [numbered(user, 2)])).toBe(200);
    expect(types(socket)).toEqual(['notifications_missed']);
    socket.send('{"type":"ack_full_sync"}');
    await came(socket, 2);
    expect(types(socket)).toEqual(['notifications_missed', 'event']);
    socket.close();
    await socket.closed;
    const again = await openSocket({ url: cannon.url, user, client, path });
    await came(again, 1);
    expect(types(again)).toEqual(['event']);
    again.close();
  });

  it('is closed on another acknowledgement before that', async () => {
    const socket = await openSocket({ url: cannon.url, user: users.hasty, client, path });
    socket.ack(1);
    expect(await socket.closed).toEqual({ code: 1003, reason: 'unexpected-ack' });
  });
});
