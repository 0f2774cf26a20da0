import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { Readable } from 'node:stream';

export interface RandomFiles {
  readonly files: readonly { readonly url: string; readonly sha256: string }[];
  stop(): Promise<void>;
}

const blockBytes = 1024 * 1024;

/** Serves files on loopback that are made while they are sent, so that no disk holds them. */
export async function startRandomFiles(options: {
  readonly files: number;
  /** A whole number of MiB. */
  readonly fileBytes: number;
  readonly signal: AbortSignal;
}): Promise<RandomFiles> {
  const blocks = options.fileBytes / blockBytes;
  const rest = randomBytes(blockBytes);
  const firsts = Array.from({ length: options.files }, () => randomBytes(blockBytes));
  const server = createServer((request, response) => {
    const first = firsts[Number(request.url?.slice('/file-'.length))];
    if (first === undefined) response.writeHead(404).end();
    else {
      response.writeHead(200, { 'content-length': options.fileBytes });
      Readable.from(content(first)).pipe(response);
    }
  });
  function* content(first: Buffer): Generator<Buffer> {
    yield first;
    for (let block = 1; block < blocks; block++) yield rest;
  }
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const files: { url: string; sha256: string }[] = [];
  for (const [index, first] of firsts.entries()) {
    options.signal.throwIfAborted();
    const hash = createHash('sha256');
    for (const bytes of content(first)) hash.update(bytes);
    const url = `http://127.0.0.1:${String(port)}/file-${String(index)}`;
    files.push({ url, sha256: hash.digest('hex') });
    // Lets a signal in.
    await setImmediate();
  }
  return {
    files,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => {
          stopped();
        });
        server.closeAllConnections();
      }),
  };
}
