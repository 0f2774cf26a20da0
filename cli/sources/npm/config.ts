import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../../input/json.js';
import { WireOfflineError, hasSystemCode } from '../../errors.js';
import { runNpm } from './client.js';
import type { SourceTools } from '../source.js';

const configSchema = z.looseObject({
  registry: z.url(),
  userconfig: z.string(),
  globalconfig: z.string(),
});

/** Where this machine's npm goes for packages, and what it says to who answers there. */
export interface NpmConfig {
  /** In the order to be tried. */
  registriesFor(name: string): readonly [string, ...string[]];
  headersFor(url: string): Readonly<Record<string, string>>;
}

/**
 * Asks npm for its settings and reads the credentials, which npm tells nobody, from the npmrc files that it names.
 *
 * @throws {WireOfflineError} NPM_FAILED, TOOL_MISSING.
 */
export async function readNpmConfig(tools: SourceTools): Promise<NpmConfig> {
  const { stdout } = await runNpm(['config', 'list', '--long', '--json'], { tools });
  const parsed = configSchema.safeParse(parseJson(stdout));
  if (!parsed.success) {
    throw new WireOfflineError('NPM_FAILED', {
      message:
        'npm config list: expected npm to name its registry and its npmrc files, got neither',
      hint: 'npm config list --long',
      cause: parsed.error,
    });
  }
  const { data } = parsed;
  const files = [await readNpmrc(data.globalconfig), await readNpmrc(data.userconfig)];
  const secrets = new Map(files.flatMap((text) => [...parseNpmrc(text, tools.env)]));
  return {
    registriesFor(name) {
      const [first, ...rest] = tools.mirrors;
      if (first !== undefined) return [first, ...rest];
      const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined;
      const scoped = scope === undefined ? undefined : data[`${scope}:registry`];
      return [typeof scoped === 'string' ? scoped : data.registry];
    },
    headersFor: (url) => authorizationFor(url, secrets),
  };
}

/** The credentials for a URL: those of the longest path at its host that the npmrc knows, as npm itself looks. */
export function authorizationFor(
  url: string,
  secrets: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const { host, pathname } = new URL(url);
  const parts = pathname.split('/').filter((part) => part !== '');
  for (let count = parts.length; count >= 0; count -= 1) {
    const place = ['/', host, ...parts.slice(0, count)].join('/');
    const said = (key: string) => secrets.get(`${place}/:${key}`) ?? secrets.get(`${place}:${key}`);
    const token = said('_authToken');
    if (token !== undefined) return { authorization: `Bearer ${token}` };
    const basic = said('_auth');
    if (basic !== undefined) return { authorization: `Basic ${basic}` };
    const user = said('username');
    const password = said('_password');
    if (user !== undefined && password !== undefined) {
      const plain = `${user}:${Buffer.from(password, 'base64').toString('utf8')}`;
      return { authorization: `Basic ${Buffer.from(plain).toString('base64')}` };
    }
  }
  return {};
}

/** The settings of an npmrc that are bound to a place (`//host/path/:key = value`), variables put in. */
export function parseNpmrc(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const { key, value } =
      /^\s*(?<key>\/\/[^=\s]+)\s*=\s*(?<value>.*?)\s*$/.exec(line)?.groups ?? {};
    if (key === undefined || value === undefined) continue;
    const plain = value.replace(/^"(.*)"$/, '$1');
    found.set(
      key,
      plain.replace(/\$\{([^}?]+)\??\}/g, (whole, name: string) => env[name] ?? whole),
    );
  }
  return found;
}

async function readNpmrc(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return '';
    throw error;
  }
}
