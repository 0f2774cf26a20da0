import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { WireOfflineError, hasSystemCode } from '../../errors.js';
import { Secret } from '../../../server/contract/secret.js';
import { runLocal } from '../../transport/local.js';

type Env = Readonly<Record<string, string | undefined>>;

/** What a registry is shown: a name and password, or a token of the user's own. */
export type Credentials =
  { readonly username: string; readonly password: Secret } | { readonly registryToken: Secret };

const configSchema = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
        registrytoken: z.string().optional(),
      }),
    )
    .default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});

type Config = z.infer<typeof configSchema>;
type Auth = Config['auths'][string];

const helperSchema = z.object({ Username: z.string(), Secret: z.string() });

/** The keys that docker itself writes for one registry. */
const keysOf = (registry: string) => [
  registry,
  ...[`https://${registry}`, `https://${registry}/`, `https://${registry}/v1/`],
  ...[`https://${registry}/v2/`, `http://${registry}`],
];

/**
 * What docker's configuration says for a registry: `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`; a
 * credential helper is asked as docker asks it.
 *
 * @throws {WireOfflineError} CONFIG_INVALID, CONFIG_UNREADABLE, TOOL_MISSING.
 */
export async function credentialsFor(
  registry: string,
  { env, signal }: { readonly env: Env; readonly signal: AbortSignal },
): Promise<Credentials | undefined> {
  const home = env['HOME'] ?? homedir();
  const file = join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json');
  const config = await readConfig(file);
  if (config === undefined) return undefined;
  const auth = keysOf(registry)
    .map((key) => config.auths[key])
    .find((entry) => entry !== undefined);
  const helper = config.credHelpers[registry] ?? (isEmpty(auth) ? config.credsStore : undefined);
  if (helper !== undefined) return askHelper(helper, { registry, file, env, signal });
  return auth === undefined ? undefined : fromAuth(auth, `${file}, auths of ${registry}`);
}

async function readConfig(file: string): Promise<Config | undefined> {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (hasSystemCode(cause, 'ENOENT', 'ENOTDIR')) return undefined;
    throw new WireOfflineError('CONFIG_UNREADABLE', {
      message: `${file}: expected to be allowed to read it, got ${String(cause)}`,
      hint: 'name another folder in DOCKER_CONFIG',
      cause,
    });
  }
  const parsed = configSchema.safeParse(jsonOf(text, file));
  if (parsed.success) return parsed.data;
  throw configError(file, "docker's configuration", z.prettifyError(parsed.error));
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says quotes the text, and the text holds passwords.
    throw configError(file, 'JSON', 'something else');
  }
}

function isEmpty(auth: Auth | undefined): boolean {
  return auth === undefined || Object.values(auth).every((value) => !value);
}

function fromAuth(auth: Auth, where: string): Credentials | undefined {
  if (auth.registrytoken) return { registryToken: new Secret(auth.registrytoken) };
  if (auth.identitytoken)
    throw configError(where, 'a name and password or a registrytoken', 'an identitytoken');
  if (auth.auth) {
    const [username = '', ...rest] = Buffer.from(auth.auth, 'base64').toString('utf8').split(':');
    if (rest.length === 0) throw configError(where, 'base64 of name:password', 'something else');
    return { username, password: new Secret(rest.join(':')) };
  }
  const { username, password } = auth;
  return username && password ? { username, password: new Secret(password) } : undefined;
}

/** Source: docker/docker-credential-helpers: the server on standard input, JSON on standard output. */
async function askHelper(
  helper: string,
  ask: { readonly registry: string; readonly file: string; readonly env: Env; signal: AbortSignal },
): Promise<Credentials | undefined> {
  const { registry, file, env, signal } = ask;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(helper))
    throw configError(file, 'the name of a credential helper', helper);
  const program = `docker-credential-${helper}`;
  const said = await runLocal({ argv: [program, 'get'], env, input: registry, signal });
  // The protocol has no status for it, only these words, in docker-credential-helpers, credentials/error.go.
  if (said.exitCode !== 0 && said.stdout.includes('credentials not found')) return undefined;
  if (said.exitCode !== 0)
    throw configError(program, 'it to give credentials', `exit status ${String(said.exitCode)}`);
  const parsed = helperSchema.safeParse(jsonOf(said.stdout, program));
  if (!parsed.success) throw configError(program, 'Username and Secret', 'something else');
  const { Username: username, Secret: password } = parsed.data;
  if (username === '<token>')
    throw configError(program, 'a name and password', 'an identity token');
  return { username, password: new Secret(password) };
}

function configError(where: string, expected: string, got: string): WireOfflineError {
  return new WireOfflineError('CONFIG_INVALID', {
    message: `${where}: expected ${expected}, got ${got}`,
    hint: 'log in again with a name and password or an access token',
  });
}
