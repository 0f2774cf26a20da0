import { gzipSync } from 'node:zlib';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import { endpoint } from '../../../server/http/endpoint.js';
import { makeMetrics } from '../../../server/http/metrics.js';
import { json, jsonBody, raw, streamBody } from '../../../server/http/payload.js';
import { route } from '../../../server/http/route.js';
import { makeRouter } from '../../../server/http/router.js';
import { listen, type HttpServer } from '../../../server/http/uws-app.js';

const limitBytes = 1_000;
const echo = route(
  endpoint({
    method: 'post',
    path: '/i/echo',
    summary: '',
    auth: 'internal',
    body: jsonBody(z.object({ text: z.string() }), limitBytes),
    replies: { 200: json(z.object({ text: z.string() })) },
  }),
  ({ body }) => ({ status: 200, body }),
);
const mirror = route(
  endpoint({
    method: 'post',
    path: '/i/mirror',
    summary: '',
    auth: 'internal',
    body: streamBody('application/octet-stream'),
    replies: { 200: raw('application/octet-stream') },
  }),
  ({ body, headers }) => ({
    status: 200,
    body,
    lengthBytes: Number(headers.get('content-length')),
  }),
);

let server: HttpServer;
let base: string;
beforeAll(async () => {
  const log = pino({ level: 'silent' });
  const routes = [echo, mirror];
  const handle = makeRouter({ routes, log, metrics: makeMetrics(), checkResponses: true });
  server = await listen({ host: '127.0.0.1', port: 0, route: handle, onError: () => undefined });
  base = `http://127.0.0.1:${String(server.port)}`;
});
afterAll(() => {
  server.destroy();
});

const send = (body: Uint8Array | string, headers: Record<string, string> = {}) =>
  fetch(`${base}/i/echo`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
const gzip = { 'content-encoding': 'gzip' };

describe('a body', () => {
  it('is unpacked where it is gzip’ed', async () => {
    const response = await send(gzipSync('{"text":"ü"}'), gzip);
    expect(await response.json()).toEqual({ text: 'ü' });
  });

  it.each([
    ['JSON that is none', '{', {}, 400, 'bad-request'],
    ['bytes that are no UTF-8', Buffer.from('{"text":"\xff"}', 'latin1'), {}, 400, 'bad-request'],
    ['gzip that is none', 'nonsense', gzip, 400, 'bad-request'],
    ['gzip that is cut off', gzipSync('{"text":"x"}').subarray(0, 20), gzip, 400, 'bad-request'],
    ['a byte too many', 'x'.repeat(limitBytes + 1), {}, 413, 'client-error'],
    ['gzip that unpacks to too much', gzipSync('x'.repeat(1e6)), gzip, 413, 'client-error'],
    ['another packing', 'x', { 'content-encoding': 'br' }, 415, 'client-error'],
    ['another type', 'x', { 'content-type': 'text/html' }, 415, 'client-error'],
    ['nothing', '', {}, 400, 'bad-request'],
    ['a member of another type', '{"text":1}', {}, 400, 'bad-request'],
  ])('is refused: %s', async (_, body, headers, status, label) => {
    const response = await send(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: status, label });
  });

  it('flows through in both directions at once, byte for byte', async () => {
    const bytes = Buffer.alloc(24 * 1024 * 1024);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(at, at);
    const response = await fetch(`${base}/i/mirror`, {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(bytes.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
  });

  it('that a client breaks off does no harm', async () => {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /i/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"te');
    socket.destroy();
    expect((await send('{"text":"x"}')).status).toBe(200);
  });
});
