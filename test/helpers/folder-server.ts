import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';

/** What a test has a server say instead of the file at a path. */
export type Answer = (response: ServerResponse) => void;

/** A folder served over HTTP on loopback, on a port that the system chose. */
export interface FolderServer {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly asked: readonly string[];
  /** Answers for some paths that are no files; a test fills it. */
  readonly answers: Map<string, Answer>;
  close(): Promise<void>;
}

/** Serves a folder until it is closed. */
export async function serveFolder(folder: string): Promise<FolderServer> {
  const asked: string[] = [];
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/');
    asked.push(path);
    const answer = answers.get(path);
    if (answer === undefined) void sendFile(join(folder, normalize(path)), response);
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    asked,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** An answer that sends the client elsewhere. */
export function redirectTo(location: string): Answer {
  return (response) => {
    response.writeHead(302, { location }).end();
  };
}

async function sendFile(file: string, response: ServerResponse): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-length': found.size });
  createReadStream(file).pipe(response);
}
