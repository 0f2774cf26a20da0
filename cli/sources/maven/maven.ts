import { z } from 'zod';
import type { Collected, FileItem } from '../../bundle/component.js';
import { digestSchema } from '../../digest.js';
import { readRepositories, solveClosure, type MavenRepository } from './client.js';
import { findFile, publishedChecksums } from './files.js';
import {
  mavenArtifactSchema,
  mavenClassifierSchema,
  mavenFileName,
  mavenLabel,
  mavenPath,
  mavenTypeSchema,
} from './names.js';
import { missingBlobs } from '../../store/missing-blobs.js';
import type { Source, SourceTools } from '../source.js';

const coordinates = {
  artifact: mavenArtifactSchema,
  classifier: mavenClassifierSchema.optional(),
};

const specSchema = z.strictObject({
  ...coordinates,
  type: mavenTypeSchema.default('jar'),
  /** With all that it needs at run time, as Maven solves it. */
  closure: z.boolean().default(false),
});

const pinSchema = z.strictObject({
  files: z
    .array(
      z.strictObject({
        ...coordinates,
        type: mavenTypeSchema,
        /** The best checksum that the repository had of it. */
        published: z.enum(publishedChecksums),
        digest: digestSchema,
        sizeBytes: z.int().nonnegative(),
      }),
    )
    .min(1),
});

export type MavenSpec = Readonly<z.output<typeof specSchema>>;
export type MavenPin = Readonly<z.output<typeof pinSchema>>;
type PinnedFile = MavenPin['files'][number];

/**
 * Artifacts of a Maven repository: one typed file, or an artifact with its runtime closure. The bytes are proven by
 * the repository's checksums when they are locked, and by the lock from then on.
 */
export function mavenSource(): Source<MavenSpec, MavenPin> {
  const asked = new Asked();
  return {
    kind: 'maven',
    specSchema,
    pinSchema,

    /**
     * @throws {WireOfflineError} MAVEN_ARTIFACT_UNKNOWN, MAVEN_CHECKSUM_MISSING, MAVEN_CLOSURE_UNUSABLE, MAVEN_FAILED,
     * TOOL_MISSING, codes of the transfers.
     */
    async lock(spec, tools) {
      const repositories = await asked.repositories(tools);
      const { closure, ...root } = spec;
      // The artifact itself first: that it is not there is then not hidden in Maven's words.
      const first = await findFile(root, { repositories, tools });
      if (!closure) return { files: [first] };
      const solved = await asked.inTurn(() => solveClosure(root, tools));
      const others = solved.filter((file) => mavenLabel(file) !== mavenLabel(root));
      const found = await Promise.all(
        others.map((file) => findFile(file, { repositories, tools })),
      );
      return { files: [first, ...found.sort(byLabel)] };
    },

    /** @throws {WireOfflineError} SOURCE_GONE, SOURCE_MISMATCH, MAVEN_FAILED, TOOL_MISSING, codes of the transfers. */
    async collect(spec, pin, tools) {
      const { files } = pin;
      const missing = await missingBlobs(tools.store, files);
      if (missing.length > 0) {
        const repositories = await asked.repositories(tools);
        await Promise.all(missing.map((file) => fetchPinned(file, repositories, tools)));
      }
      return collected(spec, pin);
    },
  };
}

/** What Maven is asked once a run, and never twice at a time: its local repository takes one at a time. */
class Asked {
  #repositories: Promise<readonly MavenRepository[]> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  repositories(tools: SourceTools): Promise<readonly MavenRepository[]> {
    const { mirrors } = tools;
    if (mirrors.length > 0)
      return Promise.resolve(mirrors.map((url) => ({ url: url.replace(/\/+$/, ''), headers: {} })));
    return (this.#repositories ??= this.inTurn(() => readRepositories(tools)));
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine;
    return mine;
  }
}

async function fetchPinned(
  file: PinnedFile,
  repositories: readonly MavenRepository[],
  tools: SourceTools,
): Promise<void> {
  const urls = repositories.map(({ url }) => `${url}/${mavenPath(file)}`);
  const [first, ...rest] = urls;
  if (first === undefined) throw new TypeError('there is at least one repository');
  await tools.transfers.fetch({
    urls: [first, ...rest],
    headers: (url) => Promise.resolve(repositories[urls.indexOf(url)]?.headers ?? {}),
    expected: file,
    maxBytes: file.sizeBytes,
    label: `maven ${mavenLabel(file)}`,
  });
}

function collected(spec: MavenSpec, { files }: MavenPin): Collected {
  const names = files.map(mavenFileName);
  const items = files.map((file, at): FileItem => {
    const [group = '', artifact = '', version = ''] = file.artifact.split(':');
    const name = names[at] ?? '';
    // All in one folder, as a class path wants them; the group tells apart what would meet there.
    const isAlone = names.indexOf(name) === names.lastIndexOf(name);
    return {
      kind: 'file',
      name: `${group}:${artifact}`,
      version,
      path: isAlone ? name : `${group}.${name}`,
      blob: { digest: file.digest, sizeBytes: file.sizeBytes },
      executable: false,
    };
  });
  const [, , version = ''] = spec.artifact.split(':');
  const kinds = publishedChecksums.filter((kind) => files.some((file) => file.published === kind));
  return {
    version,
    upstream: `maven:${mavenLabel(spec)}`,
    proof: { method: 'maven-checksum', detail: `${kinds.join(', ')} of the repository` },
    items,
  };
}

function byLabel(a: PinnedFile, b: PinnedFile): number {
  const [left, right] = [mavenLabel(a), mavenLabel(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
