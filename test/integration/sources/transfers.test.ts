import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { digestOf, hexOf } from '../../../cli/digest.js';
import { createTransfers } from '../../../cli/sources/transfer/scheduler.js';
import type { TransferRequest } from '../../../cli/sources/transfer/transfers.js';
import { openStore } from '../../../cli/store/folder-store.js';
import type { ByteProgress } from '../../../cli/ui/progress.js';
import { makeAuthority } from '../../helpers/authority.js';
import { codeOf } from '../../helpers/codes.js';
import { startOrigin, whole, type Behaviour, type Origin } from '../../helpers/origin.js';
import { temporaryFolders } from '../../helpers/temporary.js';

const folderOf = temporaryFolders();
const bytes = randomBytes(3_000_000);
const digest = digestOf(bytes);

let origin: Origin;
let ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  origin = await startOrigin();
  ends = [() => origin.stop()];
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
});

async function begin(
  options: {
    readonly cache?: string;
    readonly concurrency?: number;
    readonly signal?: AbortSignal;
    readonly silenceMs?: number;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
) {
  const cache = options.cache ?? (await folderOf());
  const notes: string[] = [];
  const progress: ByteProgress[] = [];
  const store = await openStore(cache, { note: (text) => notes.push(text) });
  const transfers = createTransfers({
    store,
    concurrency: options.concurrency ?? 4,
    signal: options.signal ?? new AbortController().signal,
    env: options.env ?? {},
    onProgress: (reading) => progress.push(reading),
    retry: { tries: 3, firstWaitMs: 1, longestWaitMs: 20 },
    ...(options.silenceMs !== undefined && { silenceMs: options.silenceMs }),
  });
  ends.push(() => transfers.close());
  return { cache, transfers, notes, progress, store };
}

function want(url: string, more: Partial<TransferRequest> = {}): TransferRequest {
  return {
    urls: [url],
    expected: { digest, sizeBytes: bytes.length },
    maxBytes: 10_000_000,
    label: 'a file',
    ...more,
  };
}

function blobsIn(cache: string): Promise<string[]> {
  return readdir(join(cache, 'blobs', 'sha256'));
}

function partialsIn(cache: string): Promise<string[]> {
  return readdir(join(cache, 'partial'));
}

describe('a download', () => {
  it('ends in the store under its digest', async () => {
    const { cache, transfers } = await begin();
    expect(await transfers.fetch(want(origin.serve('/x', bytes)))).toMatchObject({ digest });
    expect(await readFile(join(cache, 'blobs', 'sha256', hexOf(digest)))).toStrictEqual(bytes);
    expect(await partialsIn(cache)).toStrictEqual([]);
  });

  it('that ends too early goes on where it stopped', async () => {
    const { transfers } = await begin();
    const url = origin.serve('/x', bytes, { kind: 'truncate', at: 1_000_000 }, whole);
    await transfers.fetch(want(url));
    expect(origin.seen.map(({ headers }) => headers.range)).toStrictEqual([
      undefined,
      'bytes=1000000-',
    ]);
  });

  it('that is reset goes on with what arrived', async () => {
    const { transfers } = await begin();
    await transfers.fetch(want(origin.serve('/x', bytes, { kind: 'reset', at: 1_000_000 }, whole)));
    expect(origin.seen.map(({ headers }) => headers.range)).toStrictEqual([
      undefined,
      expect.stringMatching(/^bytes=[1-9][0-9]*-$/),
    ]);
  });

  it('whose server falls silent goes on where it stopped', async () => {
    const { transfers } = await begin({ silenceMs: 300 });
    await transfers.fetch(want(origin.serve('/x', bytes, { kind: 'stall', at: 500_000 }, whole)));
    expect(origin.seen.at(-1)?.headers.range).toBe('bytes=500000-');
  });

  it.each<[string, Behaviour]>([
    ['gives all from the start', { kind: 'ignoreRange' }],
    ['gives another part', { kind: 'wrongRange' }],
    ['has nothing from there on', { kind: 'status', status: 416 }],
  ])('is whole where a server that is asked to go on %s', async (_what, behaviour) => {
    const { transfers } = await begin();
    const stop: Behaviour = { kind: 'reset', at: 1_000_000 };
    const url = origin.serve('/x', bytes, stop, behaviour, whole);
    expect((await transfers.fetch(want(url))).digest).toBe(digest);
  });

  it('without a length is read to its end', async () => {
    const { transfers } = await begin();
    const url = origin.serve('/x', bytes, { kind: 'noLength' });
    const expected = { digest, sizeBytes: undefined };
    expect(await transfers.fetch(want(url, { expected }))).toMatchObject({ sizeBytes: 3_000_000 });
  });

  it('is found by a hash of another kind, and not asked for twice', async () => {
    const { transfers, cache } = await begin();
    const hex = createHash('sha512').update(bytes).digest('hex');
    const expected = { upstream: { algorithm: 'sha512', hex } } as const;
    const url = origin.serve('/x', bytes);
    expect(await transfers.fetch(want(url, { expected }))).toMatchObject({ digest });
    const later = await begin({ cache });
    expect(await later.transfers.fetch(want(url, { expected }))).toMatchObject({ digest });
    expect(origin.seen).toHaveLength(1);
  });

  it('asks the next place when the first fails', async () => {
    const { transfers } = await begin();
    const bad = origin.serve('/bad', bytes, { kind: 'flip', at: 7 });
    const good = origin.serve('/good', bytes);
    const urls = [`${origin.url}/none`, bad, good] as const;
    expect((await transfers.fetch(want(good, { urls }))).digest).toBe(digest);
  });

  it('is gone only where every place says so; else each place is named with what it said', async () => {
    const { transfers } = await begin();
    const [one, other, away] = [`${origin.url}/one`, `${origin.url}/other`, 'http://127.0.0.1:1/x'];
    const failure = (urls: readonly [string, ...string[]]) =>
      transfers.fetch(want(one, { urls })).catch((error: unknown) => error);
    expect(await failure([one, other])).toMatchObject({
      code: 'SOURCE_GONE',
      problems: [{ where: one }, { where: other }],
    });
    expect(await failure([away, one])).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      problems: [
        { where: away, got: expect.stringContaining('ECONNREFUSED') },
        { where: one, got: expect.stringContaining('404') },
      ],
    });
  });
});

describe('a server that closes its connection with the last byte', () => {
  /** Answers each request with all it has and hangs up, as servers of HTTP/1.0 do. */
  async function startBlunt(body: Uint8Array, head: string): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.end(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    ends.push(
      () =>
        new Promise((closed) =>
          server.close(() => {
            closed();
          }),
        ),
    );
    return `http://127.0.0.1:${String(z.object({ port: z.int() }).parse(server.address()).port)}`;
  }

  const length = (size: number) => `content-length: ${String(size)}`;

  it.each([
    [
      'that has a length',
      (size: number) => `HTTP/1.1 200 OK\r\nconnection: close\r\n${length(size)}`,
    ],
    ['of HTTP/1.0', (size: number) => `HTTP/1.0 200 OK\r\n${length(size)}`],
    ['that ends with the connection', () => 'HTTP/1.0 200 OK'],
  ])('is read whole, of an answer %s', async (_what, headOf) => {
    const { transfers } = await begin({ concurrency: 64 });
    // What a socket is read in: the last piece alone is as much as undici buffers before it makes a parser wait.
    const pieceBytes = 64 * 1024;
    const fetches = Array.from({ length: 64 }, async (_, index) => {
      const sizeBytes = (2 + (index % 3)) * pieceBytes - headOf(2 * pieceBytes).length - 4;
      const some = bytes.subarray(index, index + sizeBytes);
      const expected = { digest: digestOf(some), sizeBytes };
      const url = await startBlunt(some, headOf(sizeBytes));
      return transfers.fetch(want(url, { expected }));
    });
    expect(await Promise.all(fetches)).toHaveLength(64);
  });
});

describe('wrong bytes', () => {
  it.each<[string, Behaviour]>([
    ['one bit differs', { kind: 'flip', at: 2_000_000 }],
    ['the body has no end', { kind: 'endless' }],
  ])('are refused at once and never kept where %s', async (_what, behaviour) => {
    const { transfers, cache } = await begin();
    const url = origin.serve('/x', bytes, behaviour);
    expect(await codeOf(transfers.fetch(want(url)))).toBe('SOURCE_MISMATCH');
    expect(origin.seen).toHaveLength(1);
    expect(await blobsIn(cache)).toStrictEqual([]);
    expect(await partialsIn(cache)).toStrictEqual([]);
  });

  it('of another size are refused before they are read', async () => {
    const { transfers } = await begin();
    const url = origin.serve('/x', bytes);
    const expected = { digest, sizeBytes: 5 };
    expect(await codeOf(transfers.fetch(want(url, { expected })))).toBe('SOURCE_MISMATCH');
  });

  it('that an earlier run left are not held against the server', async () => {
    const { transfers, store } = await begin();
    const left = await store.openPartial(`sha256:${hexOf(digest)}`, []);
    left.append(Buffer.alloc(1000));
    await left.release();
    expect((await transfers.fetch(want(origin.serve('/x', bytes)))).digest).toBe(digest);
    expect(origin.seen.map(({ headers }) => headers.range)).toStrictEqual([
      'bytes=1000-',
      undefined,
    ]);
  });

  it('in the cache are set aside and told when they are used, and asked for again', async () => {
    const first = await begin();
    const url = origin.serve('/x', bytes);
    await first.transfers.fetch(want(url));
    const file = join(first.cache, 'blobs', 'sha256', hexOf(digest));
    await writeFile(file, Buffer.alloc(bytes.length));
    const later = await begin({ cache: first.cache });
    await later.transfers.fetch(want(url));
    expect(origin.seen).toHaveLength(1);
    expect(await later.store.verified(digest)).toBeUndefined();
    expect((await later.transfers.fetch(want(url))).digest).toBe(digest);
    expect(await readFile(file)).toStrictEqual(bytes);
    expect(later.notes).toStrictEqual([expect.stringContaining('damaged')]);
    expect(origin.seen).toHaveLength(2);
  });
});

describe('a body longer than is allowed', () => {
  it.each<[string, Behaviour]>([
    ['is refused by its announced length', whole],
    ['is cut off while it is read', { kind: 'endless' }],
  ])('%s', async (_what, behaviour) => {
    const { transfers, cache } = await begin();
    const url = origin.serve('/x', bytes, behaviour);
    const request = want(url, { expected: { digest, sizeBytes: undefined }, maxBytes: 1_000_000 });
    expect(await codeOf(transfers.fetch(request))).toBe('SOURCE_TOO_LARGE');
    expect(await partialsIn(cache)).toStrictEqual([]);
    const document = transfers.fetchDocument({ url, maxBytes: 1_000_000 });
    expect(await codeOf(document)).toBe('SOURCE_TOO_LARGE');
  });
});

describe('a server that refuses', () => {
  it.each([
    [401, 'SOURCE_REFUSED', 1],
    [403, 'SOURCE_REFUSED', 1],
    [404, 'SOURCE_GONE', 1],
    [410, 'SOURCE_GONE', 1],
    [429, 'SOURCE_OVERLOADED', 3],
    [500, 'SOURCE_OVERLOADED', 3],
    [503, 'SOURCE_OVERLOADED', 3],
  ])('with %i ends in %s after %i requests', async (status, code, requests) => {
    const { transfers, cache } = await begin();
    const url = origin.serve('/x', bytes, { kind: 'status', status });
    expect(await codeOf(transfers.fetch(want(url)))).toBe(code);
    expect(origin.seen).toHaveLength(requests);
    expect(await partialsIn(cache)).toStrictEqual([]);
  });

  it('for a while is asked again', async () => {
    const { transfers } = await begin();
    const busy: Behaviour = { kind: 'status', status: 503, headers: { 'retry-after': '1' } };
    const url = origin.serve('/x', bytes, busy, { kind: 'status', status: 429 }, whole);
    expect((await transfers.fetch(want(url))).digest).toBe(digest);
  });

  it('a document gives its answer to whoever asked', async () => {
    const { transfers } = await begin();
    const missing = await transfers.fetchDocument({ url: `${origin.url}/none`, maxBytes: 100 });
    expect(missing.status).toBe(404);
    const url = origin.serve('/x', bytes, { kind: 'status', status: 500 });
    expect((await transfers.fetchDocument({ url, maxBytes: 100 })).status).toBe(500);
  });

  it('to be there at all is said to be unreachable', async () => {
    const { transfers } = await begin();
    await origin.stop();
    expect(await codeOf(transfers.fetch(want(`${origin.url}/x`)))).toBe('SOURCE_UNREACHABLE');
    ends = ends.slice(1);
  });

  it('to say a word is said to be unreachable', async () => {
    const { transfers } = await begin({ silenceMs: 200 });
    const url = origin.serve('/x', bytes, { kind: 'hang' });
    expect(await codeOf(transfers.fetch(want(url)))).toBe('SOURCE_UNREACHABLE');
  });
});

describe('redirects', () => {
  function redirect(path: string, location: string): string {
    const headers = { location };
    return origin.serve(path, bytes, { kind: 'status', status: 302, headers });
  }

  it('are followed five times and no more', async () => {
    const { transfers } = await begin();
    origin.serve('/0', bytes);
    for (let hop = 1; hop <= 6; hop++) redirect(`/${String(hop)}`, `/${String(hop - 1)}`);
    expect((await transfers.fetch(want(`${origin.url}/5`))).digest).toBe(digest);
    const document = transfers.fetchDocument({ url: `${origin.url}/6`, maxBytes: 10_000_000 });
    expect(await codeOf(document)).toBe('SOURCE_REDIRECTS');
  });

  it('in a loop are refused', async () => {
    const { transfers } = await begin();
    expect(await codeOf(transfers.fetch(want(redirect('/x', '/x'))))).toBe('SOURCE_REDIRECTS');
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'http://'])(
    'to %s are refused',
    async (location) => {
      const { transfers } = await begin();
      const code = await codeOf(transfers.fetch(want(redirect('/x', location))));
      expect(code).toBe('SOURCE_REDIRECTS');
    },
  );

  it('take credentials along on one origin only', async () => {
    const { transfers } = await begin();
    const other = await startOrigin();
    ends.push(() => other.stop());
    redirect('/x', '/y');
    redirect('/y', other.serve('/z', bytes));
    const headers = () => Promise.resolve({ authorization: 'Bearer secret' });
    await transfers.fetch(want(`${origin.url}/x`, { headers }));
    expect(origin.seen.map((seen) => seen.headers.authorization)).toStrictEqual([
      'Bearer secret',
      'Bearer secret',
    ]);
    expect(other.seen.map((seen) => seen.headers.authorization)).toStrictEqual([undefined]);
  });
});

describe('TLS', () => {
  it('of an unknown CA is refused, and of one that the user names is accepted', async () => {
    const authority = await makeAuthority(await folderOf());
    const secure = await startOrigin(authority.server);
    ends.push(() => secure.stop());
    const url = secure.serve('/x', bytes);
    const strict = await begin();
    expect(await codeOf(strict.transfers.fetch(want(url)))).toBe('SOURCE_TLS');
    const trusting = await begin({ env: { NODE_EXTRA_CA_CERTS: authority.caFile } });
    expect((await trusting.transfers.fetch(want(url))).digest).toBe(digest);
  });

  it('is never left for plain http', async () => {
    const authority = await makeAuthority(await folderOf());
    const secure = await startOrigin(authority.server);
    ends.push(() => secure.stop());
    const headers = { location: origin.serve('/x', bytes) };
    const url = secure.serve('/x', bytes, { kind: 'status', status: 307, headers });
    const { transfers } = await begin({ env: { NODE_EXTRA_CA_CERTS: authority.caFile } });
    expect(await codeOf(transfers.fetch(want(url)))).toBe('SOURCE_REDIRECTS');
    expect(origin.seen).toStrictEqual([]);
  });

  it('is not weakened by a file of CAs that cannot be read', async () => {
    const { transfers } = await begin({ env: { NODE_EXTRA_CA_CERTS: '/none/ca.pem' } });
    const url = origin.serve('/x', bytes);
    expect(await codeOf(transfers.fetch(want(url)))).toBe('CONFIG_UNREADABLE');
  });
});

describe('many downloads', () => {
  it('of one digest are one', async () => {
    const { transfers } = await begin();
    const one = origin.serve('/one', bytes);
    const other = origin.serve('/other', bytes);
    await Promise.all([one, one, other, one, other].map((url) => transfers.fetch(want(url))));
    expect(origin.seen).toHaveLength(1);
  });

  it('of one digest go on at the places that are left when one place fails', async () => {
    const { transfers } = await begin();
    const good = origin.serve('/good', bytes);
    const results = await Promise.allSettled([
      transfers.fetch(want(`${origin.url}/none`)),
      transfers.fetch(want(good)),
    ]);
    expect(results.map(({ status }) => status)).toStrictEqual(['rejected', 'fulfilled']);
  });

  const slow: Behaviour = { kind: 'slow', pieceBytes: 1000, everyMs: 20 };

  function part(size: number, behaviour: Behaviour): TransferRequest {
    const some = bytes.subarray(0, size);
    const url = origin.serve(`/${String(size)}`, some, behaviour);
    return want(url, { expected: { digest: digestOf(some), sizeBytes: size } });
  }

  it('keep to the limit of connections', async () => {
    const { transfers } = await begin({ concurrency: 2 });
    const sizes = [3000, 4000, 5000, 6000, 7000];
    await Promise.all(sizes.map((size) => transfers.fetch(part(size, slow))));
    expect(origin.mostAtOnce).toBe(2);
  });

  it('that wait are begun with the largest', async () => {
    const { cache, transfers } = await begin({ concurrency: 1 });
    const first = transfers.fetch(part(20_000, slow));
    while (origin.seen.length === 0) await new Promise((done) => setImmediate(done));
    const sizes = [1000, 400_000, 2000, 500_000];
    const rest = sizes.map((size) => transfers.fetch(part(size, whole)));
    while ((await partialsIn(cache)).length < 5) await new Promise((done) => setImmediate(done));
    await Promise.all([first, ...rest]);
    expect(origin.seen.map(({ path }) => path)).toStrictEqual([
      ...['/20000', '/500000', '/400000', '/2000', '/1000'],
    ]);
  });

  it('show progress that never goes backwards and ends where it should', async () => {
    const { transfers, progress } = await begin();
    const stops: Behaviour[] = [{ kind: 'reset', at: 2_000_000 }, { kind: 'ignoreRange' }];
    await transfers.fetch(want(origin.serve('/x', bytes, ...stops)));
    const done = progress.map(({ doneBytes }) => doneBytes);
    expect(done).toStrictEqual([...done].sort((one, other) => one - other));
    expect(progress.at(-1)).toStrictEqual({ doneBytes: 3_000_000, totalBytes: 3_000_000 });
  });
});

describe('a run that is called off', () => {
  it('leaves no blob, and the next one goes on from there', async () => {
    const stop = new AbortController();
    const first = await begin({ signal: stop.signal });
    const url = origin.serve('/x', bytes, { kind: 'stall', at: 1_000_000 }, whole);
    const work = first.transfers.fetch(want(url));
    while ((first.progress.at(-1)?.doneBytes ?? 0) < 1_000_000)
      await new Promise((done) => setImmediate(done));
    stop.abort(new Error('the user said so'));
    await expect(work).rejects.toThrow('the user said so');
    expect(await blobsIn(first.cache)).toStrictEqual([]);
    const later = await begin({ cache: first.cache });
    expect((await later.transfers.fetch(want(url))).digest).toBe(digest);
    expect(origin.seen.at(-1)?.headers.range).toBe('bytes=1000000-');
  });
});
