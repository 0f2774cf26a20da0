import { availableParallelism } from 'node:os';
import { digestOf, hexOf } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { mustRunLocal } from '../../transport/local.js';
import { formatParagraph, parseControl, type Paragraph } from './control.js';
import type { AptPin, LockedPackage } from './schema.js';
import { Limit } from '../../limit.js';
import type { SourceTools } from '../source.js';

/** A package of the pin with its proven bytes. */
export interface StoredPackage {
  readonly locked: LockedPackage;
  /** Where the bytes lie, hashed by this run. */
  readonly file: string;
}

/** A file of an index, by its path below the root of the repository. */
export interface IndexFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The index by which apt takes packages straight from the extracted files: `deb [trusted=yes] file:///DIR SUITE main`.
 * It depends on the pin and on the packages alone. `Packages` is not compressed: what a compressor writes differs
 * between its versions, and the bundle's bytes must not.
 *
 * @throws {WireOfflineError} APT_PACKAGE_MISLABELLED, TOOL_MISSING and TOOL_FAILED of dpkg-deb.
 */
export async function indexOf(
  pin: AptPin,
  packages: readonly StoredPackage[],
  tools: SourceTools,
): Promise<IndexFile[]> {
  const limit = new Limit(availableParallelism());
  const paragraphs = await Promise.all(
    [...packages].sort(byPath).map(async (stored) => {
      const giveBack = await limit.take(1);
      try {
        return await paragraphOf(stored, tools);
      } finally {
        giveBack();
      }
    }),
  );
  const folder = `main/binary-${pin.architecture}`;
  const index = paragraphs.join('\n');
  const listed = ` ${hexOf(digestOf(index))} ${String(Buffer.byteLength(index))} ${folder}/Packages`;
  return [
    { path: `dists/${pin.suite}/${folder}/Packages`, text: index },
    { path: `dists/${pin.suite}/Release`, text: releaseOf(pin, listed) },
  ];
}

/** The newest of the signed states that the pin was made from. */
export function newestDate({ releases }: AptPin): Date {
  return new Date(Math.max(...releases.map(({ date }) => Date.parse(date))));
}

function releaseOf(pin: AptPin, listed: string): string {
  return formatParagraph([
    ['Origin', 'wire-offline'],
    ['Label', 'wire-offline'],
    ['Suite', pin.suite],
    ['Codename', pin.suite],
    ['Date', newestDate(pin).toUTCString().replace('GMT', 'UTC')],
    ['Architectures', pin.architecture],
    ['Components', 'main'],
    ['Description', 'packages of one component of a wire-offline bundle'],
    ['SHA256', `\n${listed}`],
  ]);
}

async function paragraphOf({ locked, file }: StoredPackage, tools: SourceTools): Promise<string> {
  const said = await mustRunLocal({
    argv: ['dpkg-deb', '--field', file],
    env: { PATH: tools.env['PATH'], LC_ALL: 'C.UTF-8' },
    signal: tools.signal,
    from: 'dpkg',
  });
  const [control, second] = parseControl(said) ?? [];
  if (control === undefined || second !== undefined || !isOf(locked, control))
    throw mislabelled(locked, control);
  return formatParagraph([
    ...[...control].filter(([name]) => !placeFields.includes(name)),
    ['Filename', locked.path],
    ['Size', String(locked.sizeBytes)],
    ['SHA256', hexOf(locked.digest)],
  ]);
}

/** An archive says these of a package; the package itself has no say in them. */
const placeFields = ['Filename', 'Size', 'MD5sum', 'SHA1', 'SHA256', 'SHA512'];

function isOf(locked: LockedPackage, control: Paragraph): boolean {
  return (
    control.get('Package') === locked.package &&
    control.get('Version') === locked.version &&
    control.get('Architecture') === locked.architecture
  );
}

function mislabelled(locked: LockedPackage, control: Paragraph | undefined): WireOfflineError {
  const got = ['Package', 'Version', 'Architecture'].map((name) => control?.get(name) ?? 'nothing');
  return new WireOfflineError('APT_PACKAGE_MISLABELLED', {
    message: `${locked.path}: expected ${locked.package} ${locked.version} ${locked.architecture} in its control file, got ${got.join(' ')}`,
    hint: 'the lock does not belong to this package: lock the component again',
  });
}

function byPath({ locked: one }: StoredPackage, { locked: other }: StoredPackage): number {
  return one.path < other.path ? -1 : 1;
}
