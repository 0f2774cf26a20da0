import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { brig } from '../../../../server/services/brig/brig.js';
import { repositoryRoot } from '../../../helpers/repository.js';
import { as, call } from '../../../helpers/server/brig-user.js';
import { startTestService, untilReady } from '../../../helpers/server/service.js';
import { sharedCassandra } from '../../../helpers/stores/cassandra.js';
import { listenOn } from '../../../helpers/stores/listen-on.js';
import { freePort } from '../../../helpers/stores/shared-store.js';

const usual = {
  SMTP_ADDRESS: '127.0.0.1:1',
  MAIL_FROM: 'wire@wire.example',
  ACCOUNT_URL: 'https://account.wire.example',
};

/** A way to Cassandra that can be cut and opened again. */
async function startWay(port: number, target: number): Promise<{ cut(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  await listenOn(server.listen(port, '127.0.0.1'));
  return {
    async cut() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

describe('a service whose store is away', () => {
  it('is live and not ready, answers 503, and is ready by itself when the store comes', async () => {
    const port = await freePort();
    const env = { ...usual, CASSANDRA_CONTACT_POINTS: `127.0.0.1:${String(port)}` };
    const service = await startTestService(brig, { env });
    const ask = (path: string) =>
      call(service, { path, headers: as('4d9d2c9b-1f0c-4a0e-9f38-0d0f2e1c7a11') });
    try {
      expect(await ask('/i/status')).toMatchObject({ status: 200 });
      expect(await ask('/i/ready')).toMatchObject({
        status: 503,
        body: { ready: false, missing: ['cassandra'] },
      });
      expect(await ask('/v8/self')).toMatchObject({
        status: 503,
        body: { code: 503, label: 'service-unavailable' },
      });
      const way = await startWay(port, (await sharedCassandra()).port);
      await untilReady(service);
      expect(await ask('/v8/self')).toMatchObject({ status: 401 });
      await way.cut();
    } finally {
      await service.stop();
    }
  });
});

describe('a service in its own process', () => {
  it('says all that is wrong with its configuration, and ends', async () => {
    const main = join(repositoryRoot, 'artifacts', 'build', 'server', 'main.js');
    const env = { PATH: process.env['PATH'], WIRE_DOMAIN: 'localhost', SECRETS_FOLDER: '/nowhere' };
    const child = spawn(process.execPath, [main, 'brig'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
    const said = Buffer.concat(chunks).toString();
    for (const name of ['WIRE_DOMAIN', 'CASSANDRA_CONTACT_POINTS', 'zauth-private-keys'])
      expect(said).toContain(name);
  });
});
