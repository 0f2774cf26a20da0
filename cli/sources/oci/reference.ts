import { z } from 'zod';
import { isDigest, type Digest } from '../../digest.js';

/** Where an image lies and which one it is; a tag, a digest or both. */
export interface ImageReference {
  /** Host and port of the registry. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

// Source: OCI distribution specification 1.1, "Pulling manifests": the grammar of <name> and of tags.
const repositoryPattern =
  /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const registryPattern =
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?$/;
const maxNameLength = 255;

/**
 * Reads `registry.example:5000/group/name:tag@sha256:...`. Nothing is added to a short name: which registry
 * `nginx` means differs between machines. Gives nothing where the text is no full reference.
 */
export function parseReference(text: string): ImageReference | undefined {
  const [name = '', digest, ...more] = text.split('@');
  const slash = name.indexOf('/');
  const registry = name.slice(0, slash);
  const [repository = '', tag, ...rest] = name.slice(slash + 1).split(':');
  const isRight =
    slash > 0 &&
    more.length === 0 &&
    rest.length === 0 &&
    name.length <= maxNameLength &&
    registryPattern.test(registry) &&
    // A port above 65535, or digits and dots that are no IPv4 address.
    URL.canParse(`https://${registry}`) &&
    (/[.:\]]/.test(registry) || registry === 'localhost') &&
    repositoryPattern.test(repository) &&
    (tag === undefined || tagPattern.test(tag)) &&
    (digest === undefined || isDigest(digest)) &&
    (tag ?? digest) !== undefined;
  if (!isRight) return undefined;
  return { registry, repository, tag, digest: isDigest(digest) ? digest : undefined };
}

export const referenceSchema = z.string().refine((text) => parseReference(text) !== undefined, {
  error:
    'a full reference such as registry.example/group/name:tag, or one with @sha256: and 64 hex digits',
  abort: true,
});
