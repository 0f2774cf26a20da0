import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Agent } from 'undici';
import { digestOf, type Digest } from '../../cli/digest.js';
import type { Authority } from './authority.js';
import type { TestImage } from './image.js';

export interface RegistryOptions {
  /** Where it keeps its blobs and its configuration; images stay there when it is started again. */
  readonly folder: string;
  /** The program that is it, where it is another than Debian's. */
  readonly program?: string;
  /** Serves over TLS where it is given. */
  readonly authority?: Authority;
  /** Asks for these by basic authentication. */
  readonly users?: Readonly<Record<string, string>>;
  /** Asks for a token of this server. */
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly certFile: string;
  };
}

/** A registry on loopback: distribution, Debian's of it or another. */
export interface Registry {
  /** Host and port, as an image's reference names it. */
  readonly host: string;
  readonly url: string;
  /** Puts an image there by the distribution protocol, blobs that it has already left out; gives its digest. */
  push(
    image: TestImage,
    name: { readonly repository: string; readonly tag: string },
  ): Promise<Digest>;
  /** Puts any manifest or index there, under a tag or its digest. */
  pushManifest(
    repository: string,
    reference: string,
    manifest: { readonly mediaType: string; readonly bytes: Uint8Array },
  ): Promise<Digest>;
  pushBlob(repository: string, bytes: Uint8Array): Promise<Digest>;
  stop(): Promise<void>;
}

/** Starts one and waits until it listens. */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const file = join(options.folder, `registry-${randomUUID()}.yml`);
  await writeFile(file, JSON.stringify(await configuration(options)));
  const { program = 'docker-registry' } = options;
  const child = execa(program, ['serve', file], {
    stdin: 'ignore',
    reject: false,
    buffer: false,
    // From version 3 on it would look for a collector of traces.
    env: { OTEL_TRACES_EXPORTER: 'none' },
  });
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(port);
    });
    void child.then(() => {
      reject(new Error(`${program} ended: ${said}`));
    });
  });
  const host = `127.0.0.1:${port}`;
  const url = `${options.authority === undefined ? 'http' : 'https'}://${host}`;
  const client = new Client(url, {
    ca: await caOf(options),
    user: Object.entries(options.users ?? {})[0],
  });
  return {
    host,
    url,
    push: (image, name) => client.push(image, name),
    pushManifest: (repository, reference, manifest) =>
      client.manifest(`${repository}/manifests/${reference}`, manifest),
    pushBlob: (repository, bytes) => client.blob(repository, bytes),
    stop: async () => {
      await client.close();
      child.kill('SIGTERM');
      await child;
    },
  };
}

async function caOf({ authority }: RegistryOptions): Promise<string | undefined> {
  return authority === undefined ? undefined : readFile(authority.caFile, 'utf8');
}

async function configuration({ folder, authority, users, token }: RegistryOptions) {
  const htpasswd = join(folder, 'htpasswd');
  if (users !== undefined) await writeFile(htpasswd, await passwordFile(users));
  return {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'registry') } },
    http: {
      addr: '127.0.0.1:0',
      ...(authority && {
        tls: { certificate: authority.server.certFile, key: authority.server.keyFile },
      }),
    },
    ...(users && { auth: { htpasswd: { realm: 'a test', path: htpasswd } } }),
    ...(token && {
      auth: {
        token: {
          realm: token.realm,
          service: token.service,
          issuer: token.issuer,
          rootcertbundle: token.certFile,
        },
      },
    }),
  };
}

/** The registry takes bcrypt only. */
async function passwordFile(users: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries(users).map(async ([name, password]) => {
    const { stdout } = await execa('htpasswd', ['-Bbn', '-C', '4', name, password]);
    return stdout.trim();
  });
  return `${(await Promise.all(lines)).join('\n')}\n`;
}

/** As much of the protocol as pushing needs. */
class Client {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(
    url: string,
    by: { readonly ca: string | undefined; readonly user: readonly [string, string] | undefined },
  ) {
    this.#url = url;
    this.#agent = new Agent({ connect: by.ca === undefined ? {} : { ca: by.ca } });
    const basic = Buffer.from(by.user?.join(':') ?? '').toString('base64');
    this.#headers = by.user === undefined ? {} : { authorization: `Basic ${basic}` };
  }

  async push(
    image: TestImage,
    { repository, tag }: { readonly repository: string; readonly tag: string },
  ): Promise<Digest> {
    for (const bytes of image.blobs) await this.blob(repository, bytes);
    return this.manifest(`${repository}/manifests/${tag}`, image.manifest);
  }

  async blob(repository: string, bytes: Uint8Array): Promise<Digest> {
    const digest = digestOf(bytes);
    const there = await this.#ask('HEAD', `/v2/${repository}/blobs/${digest}`);
    if (there.status === 200) return digest;
    const begun = await this.#ask('POST', `/v2/${repository}/blobs/uploads/`);
    const location = new URL(begun.headers['location'] ?? '', this.#url);
    location.searchParams.set('digest', digest);
    const done = await this.#ask('PUT', `${location.pathname}${location.search}`, {
      type: 'application/octet-stream',
      bytes,
    });
    if (done.status !== 201) throw new Error(`pushing a blob: ${String(done.status)}`);
    return digest;
  }

  async manifest(
    path: string,
    { mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array },
  ): Promise<Digest> {
    const { status } = await this.#ask('PUT', `/v2/${path}`, { type: mediaType, bytes });
    if (status !== 201) throw new Error(`pushing a manifest: ${String(status)}`);
    return digestOf(bytes);
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #ask(
    method: 'HEAD' | 'POST' | 'PUT',
    path: string,
    body?: { readonly type: string; readonly bytes: Uint8Array },
  ) {
    const {
      statusCode,
      headers,
      body: answer,
    } = await this.#agent.request({
      origin: this.#url,
      path,
      method,
      headers: { ...this.#headers, ...(body && { 'content-type': body.type }) },
      ...(body && { body: body.bytes }),
    });
    await answer.dump();
    const location = headers['location'];
    return { status: statusCode, headers: typeof location === 'string' ? { location } : {} };
  }
}
