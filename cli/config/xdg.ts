import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The user's folder for what can be fetched again. Source: XDG Base Directory Specification 0.8. */
export function cacheHome(env: Env): string {
  return baseFolder(env, 'XDG_CACHE_HOME', '.cache');
}

/** The user's folder for configuration. Source: XDG Base Directory Specification 0.8. */
export function configHome(env: Env): string {
  return baseFolder(env, 'XDG_CONFIG_HOME', '.config');
}

/** The user's folder for what must outlive a run but is no configuration. Source: XDG Base Directory Specification 0.8. */
export function stateHome(env: Env): string {
  return baseFolder(env, 'XDG_STATE_HOME', join('.local', 'state'));
}

function baseFolder(env: Env, variable: string, underHome: string): string {
  const given = env[variable];
  // The specification: a relative path is invalid and ignored.
  if (given !== undefined && isAbsolute(given)) return given;
  // A relative home would let the working folder decide, which may be a stranger's.
  const home = env['HOME'];
  return join(home !== undefined && isAbsolute(home) ? home : userInfo().homedir, underHome);
}
