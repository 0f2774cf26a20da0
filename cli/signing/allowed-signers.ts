import type { Problem } from '../errors.js';
import { identityRule, isIdentity } from './identity.js';
import { bundleNamespace, isNamespace, trustNamespace, type Namespace } from './namespaces.js';
import { keyTypes, parsePublicKey, type PublicKey } from './public-key.js';
import { parseMoment, type Validity } from './validity.js';

/** One key of one person, what it may sign and when. */
export interface AllowedSigner {
  readonly identity: string;
  readonly key: PublicKey;
  readonly namespaces: readonly Namespace[];
  readonly validity: Validity;
}

export interface ParsedSigners {
  readonly signers: readonly AllowedSigner[];
  readonly problems: readonly Problem[];
}

const maxSigners = 256;

/** What a line is, before its parts are looked at; a part of OpenSSH's grammar that has one reading only. */
const linePattern =
  /^(\S+) ((?:[a-z-]+="[^"\\]*"|[a-z-]+)(?:,(?:[a-z-]+="[^"\\]*"|[a-z-]+))*) (\S+) (\S+)(?: (.*))?$/;

/** An `allowed_signers` line for a new key, with both of our namespaces. */
export function allowedSignersLine(identity: string, key: PublicKey): string {
  return `${identity} namespaces="${bundleNamespace},${trustNamespace}" ${key.type} ${key.base64}\n`;
}

/**
 * The lines of an `allowed_signers` file, held to a strict part of OpenSSH's grammar: one plain identity a line,
 * our namespaces, moments in UTC, every key once. Whatever else is there is a problem with its `file:line`.
 *
 * Source: ssh-keygen(1), "ALLOWED SIGNERS".
 */
export function parseAllowedSigners(file: string, bytes: Uint8Array): ParsedSigners {
  const text = Buffer.from(bytes).toString('latin1');
  const signers: AllowedSigner[] = [];
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const [index, line] of text.replace(/\n$/, '').split('\n').entries()) {
    const where = `${file}:${String(index + 1)}`;
    const signer = parseLine(where, line);
    if (signer === undefined) continue;
    if ('expected' in signer) {
      problems.push(signer);
      continue;
    }
    const first = seen.get(signer.key.base64);
    if (first !== undefined)
      problems.push({ where, expected: 'every key once', got: `the key of ${first}` });
    seen.set(signer.key.base64, where);
    signers.push(signer);
  }
  if (signers.length > maxSigners)
    problems.push({
      where: file,
      expected: `at most ${String(maxSigners)} keys`,
      got: String(signers.length),
    });
  return { signers, problems };
}

function parseLine(where: string, line: string): AllowedSigner | Problem | undefined {
  if (!/^[\x20-\x7e]*$/.test(line))
    return { where, expected: 'printable ASCII and line feeds', got: 'another character' };
  if (line === '' || line.startsWith('#')) return undefined;
  const [, identity = '', options = '', type = '', base64 = ''] = linePattern.exec(line) ?? [];
  if (identity === '')
    return { where, expected: 'IDENTITY namespaces="..." KEYTYPE KEY', got: 'another line' };
  if (!isIdentity(identity))
    return { where, expected: `an identity: ${identityRule}`, got: identity };
  const parsed = parseOptions(where, options);
  if ('expected' in parsed) return parsed;
  const key = parsePublicKey(type, base64);
  if (key === undefined)
    return { where, expected: `a whole key of a type of ${keyTypes.join(', ')}`, got: type };
  return { identity, key, ...parsed };
}

function parseOptions(
  where: string,
  text: string,
): Problem | Pick<AllowedSigner, 'namespaces' | 'validity'> {
  const values = new Map<string, string>();
  for (const option of text.match(/[a-z-]+(?:="[^"]*")?/g) ?? []) {
    const [name = '', value = ''] = option.replaceAll('"', '').split('=');
    if (name === 'cert-authority')
      return {
        where,
        expected: 'keys themselves',
        got: 'cert-authority, which trusts what it signs',
      };
    if (!optionNames.includes(name) || values.has(name))
      return { where, expected: `each once: ${optionNames.join(', ')}`, got: option };
    values.set(name, value);
  }
  const namespaces = (values.get('namespaces') ?? '').split(',');
  if (!namespaces.every(isNamespace))
    return {
      where,
      expected: `namespaces="${bundleNamespace},${trustNamespace}" or one of the two`,
      got: `namespaces="${values.get('namespaces') ?? ''}"`,
    };
  const validity = parseValidity(where, values);
  return 'expected' in validity ? validity : { namespaces, validity };
}

const optionNames = ['namespaces', 'valid-after', 'valid-before'];

function parseValidity(where: string, values: ReadonlyMap<string, string>): Problem | Validity {
  const moments = new Map<string, number>();
  for (const name of ['valid-after', 'valid-before']) {
    const text = values.get(name);
    if (text === undefined) continue;
    const moment = parseMoment(text);
    if (moment === undefined)
      return { where, expected: `${name} as YYYYMMDDZ or YYYYMMDDHHMM[SS]Z`, got: text };
    moments.set(name, moment);
  }
  const [fromUnixSec, untilUnixSec] = [moments.get('valid-after'), moments.get('valid-before')];
  if (fromUnixSec !== undefined && untilUnixSec !== undefined && fromUnixSec >= untilUnixSec)
    return { where, expected: 'valid-after before valid-before', got: 'another order' };
  return {
    ...(fromUnixSec === undefined ? {} : { fromUnixSec }),
    ...(untilUnixSec === undefined ? {} : { untilUnixSec }),
  };
}
