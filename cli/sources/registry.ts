import type { SourceKind } from '../bundle/component.js';
import type { Source } from './source.js';

/** Every kind of source that a recipe can name, loaded when one does. */
export const sources: Readonly<Record<SourceKind, () => Promise<Source<unknown, unknown>>>> = {
  apt: async () => (await import('./apt/apt.js')).aptSource,
  go: once(async () => (await import('./go/go.js')).goSource()),
  helm: async () => (await import('./helm/helm.js')).helmSource,
  http: async () => (await import('./http.js')).httpSource,
  maven: once(async () => (await import('./maven/maven.js')).mavenSource()),
  npm: async () => (await import('./npm/npm.js')).npmSource,
  oci: async () => (await import('./oci/oci.js')).ociSource,
  pypi: async () => (await import('./pypi/pypi.js')).pypiSource,
};

/** For a source that keeps something for all components of a run. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => (loaded ??= load());
}
