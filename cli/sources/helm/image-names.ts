import { parseReference } from '../oci/reference.js';

/** An image as a cluster asks for it: registry and repository, and a tag or a digest, which counts more. */
export interface ImageName {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** What container engines put before a short name. Source: distribution/reference, normalize.go. */
const defaultRegistry = 'docker.io';

/**
 * What a container engine makes of an image's name, short ones included: `nginx` is
 * `docker.io/library/nginx:latest`. Gives nothing where it is no name of an image.
 */
export function normalImageName(text: string): ImageName | undefined {
  const hasVersion = /@/.test(text) || /:[^/]*$/.test(text);
  const versioned = hasVersion ? text : `${text}:latest`;
  const parsed = parseReference(withRegistry(versioned));
  if (parsed === undefined) return undefined;
  const { registry, repository, tag, digest } = parsed;
  const host = registry === 'index.docker.io' ? defaultRegistry : registry;
  const path =
    host === defaultRegistry && !repository.includes('/') ? `library/${repository}` : repository;
  return { repository: `${host}/${path}`, tag, digest };
}

/** An image's name in a text that may be anything: with its registry, and with a tag or a digest. */
export function fullImageName(text: string): string | undefined {
  const registry = text.slice(0, Math.max(0, text.indexOf('/')));
  // A word before a colon and a slash is as often a scheme or a port of something else.
  const hasHost =
    registry.includes('.') || /^localhost(?::|$)/.test(registry) || /^\[/.test(registry);
  return hasHost && !text.includes('://') && parseReference(text) !== undefined ? text : undefined;
}

/** As people write it. */
export function imageNameText({ repository, tag, digest }: ImageName): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** A first part with a dot, a colon, or `localhost` is a registry. Source: distribution/reference, normalize.go. */
function withRegistry(text: string): string {
  const first = text.slice(0, Math.max(0, text.indexOf('/')));
  const isRegistry = /[.:[]/.test(first) || first === 'localhost';
  return isRegistry ? text : `${defaultRegistry}/${text}`;
}
