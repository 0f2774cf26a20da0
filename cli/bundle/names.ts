import { z } from 'zod';

/**
 * A name of ours that becomes a folder or a file: a bundle, a component, a channel. Lower case only, so that no
 * two names are one on a file system that folds case.
 */
export const nameSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/,
    'a name of 1 to 64 lower-case letters, digits, dots and dashes, with a letter or digit at both ends',
  );

const segment = /^(?:-|[A-Za-z0-9_@!][A-Za-z0-9_@!.+~%=,-]*)$/;
const maxSegmentLength = 200;
const maxPathLength = 512;

/**
 * The path of a file below its component's folder: ASCII, forward slashes, no segment that starts or ends with a
 * dot, so that it means the same on every file system and never leads out of the folder.
 */
export const itemPathSchema = z
  .string()
  .refine(
    isItemPath,
    'a relative path of letters, digits and _@!.+~%=,- with no segment that begins or ends with a dot',
  );

/** What upstream calls a thing and which one it is: never a path, so more than in a name of ours is allowed. */
export const upstreamNameSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,256}$/, '1 to 256 printable ASCII characters without spaces');

/** Words for a person: no control characters, nothing that reorders or hides text. */
export const sentenceSchema = z
  .string()
  .min(1)
  .max(2048)
  .regex(
    /^[^\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*$/u,
    'text without control characters',
  );

/** Source: distribution reference grammar; the lengths are the distribution specification's. */
const reference =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** What importers find an image by, such as `docker.io/library/registry:3.0.0`. */
export const imageRefSchema = z
  .string()
  .max(512)
  .regex(reference, 'an image reference such as docker.io/library/registry:3.0.0');

function isItemPath(path: string): boolean {
  return (
    path.length <= maxPathLength &&
    path
      .split('/')
      .every((part) => part.length <= maxSegmentLength && segment.test(part) && !part.endsWith('.'))
  );
}

/**
 * The first path that cannot lie in one folder with an earlier one: the same but for case or Unicode form, or
 * below what is a file.
 */
export function firstCollision(paths: readonly string[]): string | undefined {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const path of paths) {
    const folded = path.normalize('NFKC').toLowerCase();
    const parents = parentsOf(folded);
    if (files.has(folded) || folders.has(folded) || parents.some((parent) => files.has(parent)))
      return path;
    files.add(folded);
    for (const parent of parents) folders.add(parent);
  }
  return undefined;
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
