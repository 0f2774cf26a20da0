import { readFile, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { digestSchema, type Digest } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { readSmallFile } from '../../input/small-file.js';
import { readYamlStream } from '../../input/yaml-document.js';
import { runLocal } from '../../transport/local.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import { chartFileName } from './names.js';
import type { SourceTools } from '../source.js';

/** A chart's metadata, one hash and a signature. */
export const maxProvenanceBytes = 1024 * 1024;
const maxKeyringBytes = 16 * 1024 * 1024;

// Source: Helm documentation, "Helm Provenance and Integrity", "The Provenance File".
const metadataSchema = z.object({ name: z.string(), version: z.string() });
const filesSchema = z.object({ files: z.record(z.string(), digestSchema) });

export interface ProvenanceCheck {
  readonly chart: { readonly name: string; readonly version: string; readonly digest: Digest };
  readonly provenance: Uint8Array;
  readonly keyring: string;
}

/**
 * Proves by gpgv that a key of the keyring signed these bytes as this chart; what is signed is parsed only then.
 *
 * @returns the fingerprint of the primary key.
 * @throws {WireOfflineError} CONFIG_UNREADABLE, CONFIG_INVALID for the keyring; HELM_PROVENANCE_INVALID,
 * HELM_PROVENANCE_OTHER_CHART, TOOL_MISSING.
 */
export async function checkProvenance(check: ProvenanceCheck, tools: SourceTools): Promise<string> {
  const { chart, provenance } = check;
  const keyring = await readKeyring(check.keyring, tools.recipeFolder);
  return withScratchFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await writeFile(at('keyring.gpg'), keyring);
    await writeFile(at('chart.prov'), provenance);
    const result = await runLocal({
      argv: [
        ...(['gpgv', '--homedir', folder, '--keyring', at('keyring.gpg')] as const),
        ...[
          '--status-fd',
          '1',
          '--weak-digest',
          'SHA1',
          '--output',
          at('signed'),
          at('chart.prov'),
        ],
      ],
      env: { PATH: tools.env['PATH'], LC_ALL: 'C.UTF-8' },
      signal: tools.signal,
      from: 'gpgv',
    });
    const fingerprint = signerIn(result.stdout);
    if (result.exitCode !== 0 || fingerprint === undefined) {
      const got = result.stderr.trim().replaceAll(folder, '').split('\n').slice(-3).join('; ');
      throw provenanceError('HELM_PROVENANCE_INVALID', chart, ['a signature that holds', got]);
    }
    checkSigned(await readFile(at('signed')), chart);
    return fingerprint;
  });
}

/** @throws {WireOfflineError} the given code, about a chart's provenance. */
export function provenanceError(
  code: 'HELM_PROVENANCE_MISSING' | 'HELM_PROVENANCE_INVALID' | 'HELM_PROVENANCE_OTHER_CHART',
  chart: { readonly name: string; readonly version: string },
  [expected, got]: readonly [string, string],
): WireOfflineError {
  return new WireOfflineError(code, {
    message: `provenance of chart ${chart.name} ${chart.version}: expected ${expected}, got ${got}`,
    hint: 'check that keyring holds the keys of the chart’s makers, and ask them when it does; do not use the chart',
  });
}

/** The primary key's fingerprint, where the one signature is good today. Source: gnupg, doc/DETAILS, "VALIDSIG". */
function signerIn(status: string): string | undefined {
  const lines = status.split('\n').map((line) => line.replace(/^\[GNUPG:\] /, '').split(' '));
  const has = (word: string) => lines.some(([first]) => first === word);
  const valid = lines.filter(([first]) => first === 'VALIDSIG');
  const bad = ['BADSIG', 'ERRSIG', 'EXPSIG', 'EXPKEYSIG', 'REVKEYSIG', 'NO_PUBKEY'].some(has);
  return !bad && has('GOODSIG') && valid.length === 1 ? valid[0]?.at(-1) : undefined;
}

function checkSigned(signed: Uint8Array, chart: ProvenanceCheck['chart']): void {
  const read = readYamlStream({ file: 'provenance', bytes: signed });
  const [first, second] = read.ok ? read.values : [];
  const metadata = metadataSchema.safeParse(first);
  const files = filesSchema.safeParse(second);
  if (!metadata.success || !files.success)
    throw provenanceError('HELM_PROVENANCE_INVALID', chart, [
      'what Helm signs: a chart’s metadata and its files',
      'something else',
    ]);
  const { name, version } = metadata.data;
  const fileName = chartFileName(chart);
  const got = files.data.files[fileName];
  if (name === chart.name && version === chart.version && got === chart.digest) return;
  throw provenanceError('HELM_PROVENANCE_OTHER_CHART', chart, [
    `${fileName} with ${chart.digest}`,
    `${name} ${version} with ${got ?? 'no such file'}`,
  ]);
}

async function readKeyring(path: string, recipeFolder: string): Promise<Uint8Array> {
  const file = isAbsolute(path) ? path : join(recipeFolder, path);
  const read = await readSmallFile(file, maxKeyringBytes);
  if (!read.ok)
    throw new WireOfflineError('CONFIG_UNREADABLE', {
      message: `keyring ${file}: expected a file of public keys, got ${read.got}`,
      hint: 'name the keyring of the chart’s makers, by its path from the recipe',
      cause: read.cause,
    });
  const text = Buffer.from(read.bytes).toString('latin1');
  if (text.includes('PRIVATE KEY BLOCK'))
    throw keyringError(file, 'private keys, which belong to their owner alone');
  if (!text.startsWith('-----BEGIN')) return read.bytes;
  const armored =
    /^-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n(?<base64>[A-Za-z0-9+/=\s]+?)(?:\r?\n=[A-Za-z0-9+/]{4})?\s*-----END PGP PUBLIC KEY BLOCK-----\s*$/.exec(
      text,
    );
  const base64 = armored?.groups?.['base64'];
  if (base64 === undefined) throw keyringError(file, 'another kind of armour, or several blocks');
  return Buffer.from(base64, 'base64');
}

function keyringError(file: string, got: string): WireOfflineError {
  return new WireOfflineError('CONFIG_INVALID', {
    message: `keyring ${file}: expected public keys as gpg --export writes them, got ${got}`,
    hint: 'gpg --export KEY > keyring.gpg',
  });
}
