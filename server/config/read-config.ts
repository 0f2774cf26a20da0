import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { EnvironmentVariable } from '../contract/environment.js';
import { Secret } from '../contract/secret.js';
import { errorCode } from '../error-code.js';
import type { SecretContract } from '../contract/secrets.js';

/** The configuration of a process is wrong; the message lists all that is. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Longer files are no secrets of ours. */
const maxSecretBytes = 64 * 1024;

export interface ConfigSource<S extends z.ZodType> {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly environment: readonly EnvironmentVariable[];
  readonly secrets: readonly SecretContract[];
  /** What each variable means; its keys are the names in `environment`. */
  readonly schema: S;
}

export interface Config<T> {
  readonly values: T;
  /** The secret so named; undefined where it is optional and has no file. */
  secret(name: string): Secret | undefined;
  /** The secret so named, which its contract says is always there. */
  requiredSecret(name: string): Secret;
}

/**
 * Reads what a process is told: variables of the environment with their defaults, and secrets from files.
 *
 * @throws {ConfigurationError} with every variable and secret that is missing or wrong.
 */
export function readConfig<S extends z.ZodType>(source: ConfigSource<S>): Config<z.output<S>> {
  const raw = Object.fromEntries(
    source.environment.map((variable) => [
      variable.name,
      source.env[variable.name] ?? variable.default,
    ]),
  );
  const parsed = source.schema.safeParse(raw);
  const folder = raw['SECRETS_FOLDER'] ?? '.';
  const problems = (parsed.error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
  const secrets = new Map<string, Secret>();
  for (const contract of source.secrets) {
    const found = readSecret(folder, contract);
    if (found instanceof Secret) secrets.set(contract.name, found);
    else if (found !== undefined) problems.push(found);
  }
  if (!parsed.success || problems.length > 0)
    throw new ConfigurationError(`configuration: ${problems.join('; ')}`);
  return {
    values: parsed.data,
    secret: (name) => secrets.get(name),
    requiredSecret(name) {
      const secret = secrets.get(name);
      if (secret === undefined) throw new TypeError(`the contract does not require secret ${name}`);
      return secret;
    },
  };
}

/** The secret, what is wrong with it, or nothing where it may be absent and is. */
function readSecret(folder: string, contract: SecretContract): Secret | string | undefined {
  const file = join(folder, contract.name);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && contract.optional) return undefined;
    return `secret ${contract.name}: expected a file ${file} (${contract.format}), got ${String(error)}`;
  }
  if (bytes.length > maxSecretBytes) return `secret ${contract.name}: ${file} is too long`;
  const text = bytes.toString('utf8').trimEnd();
  if (text === '') return `secret ${contract.name}: ${file} is empty`;
  return new Secret(text);
}
