import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { listen, type HttpServer, type Route } from '../../../server/http/uws-app.js';

let server: HttpServer | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

const errors: unknown[] = [];

/** Serves a route on a free port of the loopback and gives its address. */
async function serve(route: Route): Promise<string> {
  const onError = (error: unknown): unknown => errors.push(error);
  server = await listen({ host: '127.0.0.1', port: 0, route, onError });
  return `http://127.0.0.1:${String(server.port)}`;
}

describe('the HTTP server', () => {
  it('hands a route what the client asked, and the client what the route answered', async () => {
    const base = await serve(({ method, path, query, headers }) => ({
      status: 201,
      headers: { 'x-seen': headers.get('x-sent') ?? '' },
      body: `${method} ${path} ${query}`,
    }));
    const response = await request(`${base}/a/b?c=d`, {
      method: 'PUT',
      reset: true,
      headers: { 'X-Sent': 'yes' },
    });
    expect(response.statusCode).toBe(201);
    expect(response.headers['x-seen']).toBe('yes');
    expect(await response.body.text()).toBe('put /a/b c=d');
  });

  it('answers 500 without details when a route throws, and tells who listens for errors', async () => {
    const failure = new Error('secret detail');
    const base = await serve(() => Promise.reject(failure));
    const response = await request(base, { reset: true });
    expect(response.statusCode).toBe(500);
    expect(await response.body.text()).toBe('');
    expect(errors).toContain(failure);
  });

  it('survives a body that goes on behind its answer', async () => {
    const base = await serve(async ({ path, body }) => {
      if (path === '/refuse') return { status: 413 };
      for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0);
      return { status: 200 };
    });
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const sizeBytes = 16_000_000;
    const post = (path: string) => {
      const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(sizeBytes)}\r\n\r\n`;
      socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(sizeBytes)]));
    };
    // After this one the system holds so much for the connection that the next comes with its head in one piece.
    post('/read');
    await once(socket, 'data');
    // The server closes the connection while the client still sends.
    socket.on('error', () => undefined);
    post('/refuse');
    await closed;
    const next = await request(`${base}/refuse`, { reset: true });
    expect(next.statusCode).toBe(413);
  });

  it('survives a client that goes away, and tells the route', async () => {
    let aborted: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => (aborted = resolve));
    const base = await serve(async ({ path, signal }) => {
      if (path === '/fast') return { status: 200 };
      await once(signal, 'abort');
      aborted?.();
      await pause(1);
      return { status: 200 };
    });
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n', () => socket.destroy());
    await gone;
    expect((await request(`${base}/fast`, { reset: true })).statusCode).toBe(200);
  });

  it('refuses an address that is in use', async () => {
    const base = await serve(() => ({ status: 200 }));
    const taken = listen({
      host: '127.0.0.1',
      port: Number(new URL(base).port),
      route: () => ({ status: 200 }),
      onError: () => undefined,
    });
    await expect(taken).rejects.toThrow(/cannot listen/);
  });
});
