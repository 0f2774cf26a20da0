import { z } from 'zod';
import { connect } from 'node:net';
import { freePort, keep, shared, until } from './shared-store.js';

/** The password of each service's Redis user in the tests. */
export const redisPassword = 'test-only';

const facts = z.object({ port: z.int() });

/** Where the Redis of this run is; its users are `default` without rights and `gundeck`. */
export async function sharedRedis(): Promise<z.output<typeof facts>> {
  return facts.parse(await shared('redis', (folder) => startRedis('redis', folder)));
}

/** Starts a Redis of a test's own; `endKept(name, keeper)` ends it. */
export async function startRedis(
  name: string,
  folder: string,
  port?: number,
): Promise<{ port: number; keeper: number }> {
  const chosen = port ?? (await freePort());
  const options = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'];
  const user = ['--user', 'gundeck', 'on', `>${redisPassword}`, '~*', '&*', '+@all'];
  const argv = ['redis-server', '--port', String(chosen), ...options, ...user];
  const keeper = await keep({ name, argv, cwd: folder });
  await until('Redis starts', () => takesConnections(chosen));
  return { port: chosen, keeper };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .once('error', () => {
        resolve(false);
      });
  });
}
