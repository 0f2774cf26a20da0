import type { SourceKind } from '../bundle/component.js';
import { aptSource } from './apt/apt.js';
import { goSource } from './go/go.js';
import { httpSource } from './http.js';
import { mavenSource } from './maven/maven.js';
import { npmSource } from './npm/npm.js';
import { ociSource } from './oci/oci.js';
import type { Source } from './source.js';

/** Every kind of source that a recipe can name. */
export const sources: readonly Source<unknown, unknown>[] = [
  aptSource,
  goSource(),
  httpSource,
  mavenSource(),
  npmSource,
  ociSource,
];

/** The source of a kind that a recipe or lock was checked to name. */
export function sourceOf(kind: SourceKind): Source<unknown, unknown> {
  const source = sources.find((candidate) => candidate.kind === kind);
  if (source === undefined) throw new TypeError(`no source of kind ${kind}`);
  return source;
}
