import { once } from 'node:events';
import type { Server } from 'node:net';

/** The port that a server got, once it listens. */
export async function listenOn(server: Server): Promise<number> {
  if (!server.listening) await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
