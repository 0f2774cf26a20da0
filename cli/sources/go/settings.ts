import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WireOfflineError, hasSystemCode } from '../../errors.js';
import type { SourceTools } from '../source.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Where this machine goes for Go modules. */
export interface GoSettings {
  /** GOPROXY, as the Go command is to be told it. */
  readonly proxy: string;
  /** The module proxies of it, without their credentials and without a slash at the end. */
  readonly proxies: readonly string[];
  readonly sumDatabase: SumDatabase;
  readonly headersFor: (url: string) => Readonly<Record<string, string>>;
}

export interface SumDatabase {
  readonly name: string;
  /** `name+hash+key` in the form of signed notes. */
  readonly key: string;
  /** GOSUMDB, as the Go command is to be told it. */
  readonly setting: string;
  /** The one place to ask it, where that is set; else any proxy that passes it on, or its own host. */
  readonly url: string | undefined;
}

/** Whose word on module hashes Go itself trusts. Source: cmd/go/internal/modfetch/key.go. */
const knownDatabase = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';

/** The zone of the Go project's own services; the database's name is part of its key. */
const goZone = knownDatabase.slice('sum.'.length, knownDatabase.indexOf('+'));

/**
 * What Go itself goes by where nothing else is set: no Go needs to be installed here that could be asked.
 * Source: Go Modules Reference, Environment variables.
 */
const defaults = { GOPROXY: `https://proxy.${goZone},direct`, GOSUMDB: `sum.${goZone}` } as const;

/**
 * The settings of the Go command on this machine: the environment, then its own file, then its defaults;
 * `mirrors` come before all of them.
 *
 * @throws {WireOfflineError} GO_PROXY_UNUSABLE, GO_SUM_DATABASE_OFF.
 */
export async function readGoSettings({ env, mirrors }: SourceTools): Promise<GoSettings> {
  const file = parseEnvFile(await readEnvFile(env));
  const said = (name: keyof typeof defaults) => env[name] ?? file.get(name) ?? defaults[name];
  const proxy = mirrors.length > 0 ? mirrors.join(',') : said('GOPROXY');
  const places = proxy.split(/[,|]/).filter((one) => /^https?:\/\//.test(one));
  if (places.length === 0) {
    throw new WireOfflineError('GO_PROXY_UNUSABLE', {
      message: `GOPROXY: expected at least one module proxy by http or https, got ${JSON.stringify(proxy)}`,
      hint: 'set GOPROXY, or mirrors for go in wire-offline.yaml: the toolchain comes from a module proxy',
    });
  }
  const urls = places.map((one) => new URL(one));
  return {
    proxy,
    proxies: urls.map(({ origin, pathname }) => `${origin}${pathname.replace(/\/+$/, '')}`),
    sumDatabase: sumDatabaseOf(said('GOSUMDB')),
    headersFor: (url) => credentialsFor(urls, url),
  };
}

/** The lines `NAME=value` of Go's environment file. */
export function parseEnvFile(text: string): ReadonlyMap<string, string> {
  const lines = text
    .split('\n')
    .map((line) => /^(?<name>[A-Z0-9_]+)=(?<value>.*)$/.exec(line.trim()));
  return new Map(
    lines.flatMap((match) => {
      const { name, value } = match?.groups ?? {};
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** GOSUMDB: a well-known name, or a key, and perhaps where to ask. Source: `go help environment`, GOSUMDB. */
export function sumDatabaseOf(said: string): SumDatabase {
  const [first = '', url] = said.trim().split(/\s+/);
  if (first === 'off') {
    throw new WireOfflineError('GO_SUM_DATABASE_OFF', {
      message: 'GOSUMDB: expected a checksum database, got off: nothing would prove what is built',
      hint: 'unset GOSUMDB, also in the file that go env GOENV names',
    });
  }
  const key = first === defaults.GOSUMDB ? knownDatabase : first;
  const name = key.slice(0, key.indexOf('+'));
  const setting = url === undefined ? key : `${key} ${url}`;
  return { name, key, setting, url: url?.replace(/\/+$/, '') };
}

function credentialsFor(places: readonly URL[], url: string): Readonly<Record<string, string>> {
  const place = places.find(({ origin, pathname }) => url.startsWith(`${origin}${pathname}`));
  if (place === undefined || place.username === '') return {};
  const plain = `${decodeURIComponent(place.username)}:${decodeURIComponent(place.password)}`;
  return { authorization: `Basic ${Buffer.from(plain).toString('base64')}` };
}

async function readEnvFile(env: Env): Promise<string> {
  const folder =
    env['XDG_CONFIG_HOME'] ??
    (env['HOME'] === undefined ? undefined : join(env['HOME'], '.config'));
  const file = env['GOENV'] ?? (folder === undefined ? 'off' : join(folder, 'go', 'env'));
  if (file === 'off') return '';
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return '';
    throw error;
  }
}
