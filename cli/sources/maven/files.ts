import type { Digest } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { refusal } from '../transfer/failures.js';
import type { MavenRepository } from './client.js';
import { mavenLabel, mavenPath, type MavenFile } from './names.js';
import type { SourceTools } from '../source.js';

/** The checksums that repositories keep beside their files, best first. */
export const publishedChecksums = ['sha512', 'sha256', 'sha1'] as const;
export type PublishedChecksum = (typeof publishedChecksums)[number];

const hexLength = { sha512: 128, sha256: 64, sha1: 40 } as const;

/** No artifact that anybody publishes is larger. */
const maxFileBytes = 4 * 1024 * 1024 * 1024;

interface From {
  readonly repositories: readonly MavenRepository[];
  readonly tools: SourceTools;
}

export interface FoundFile extends MavenFile {
  readonly published: PublishedChecksum;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/**
 * Brings a file into the store from the first repository that has it, proven by the checksum that stands beside it.
 *
 * @throws {WireOfflineError} MAVEN_ARTIFACT_UNKNOWN, MAVEN_CHECKSUM_MISSING, SOURCE_MISMATCH, codes of the transfers.
 */
export async function findFile(file: MavenFile, from: From): Promise<FoundFile> {
  const { tools } = from;
  for (const repository of from.repositories) {
    const url = `${repository.url}/${mavenPath(file)}`;
    const checksum = await findChecksum(url, repository, tools);
    if (checksum === undefined) {
      if (await isThere(url, repository, tools)) throw unproven(file, url);
      continue;
    }
    const { digest, sizeBytes } = await tools.transfers.fetch({
      urls: [url],
      headers: () => Promise.resolve(repository.headers),
      expected: { upstream: checksum },
      maxBytes: maxFileBytes,
      label: `maven ${mavenLabel(file)}`,
    });
    return { ...file, published: checksum.algorithm, digest, sizeBytes };
  }
  throw unknown(file, from);
}

async function findChecksum(url: string, repository: MavenRepository, tools: SourceTools) {
  for (const algorithm of publishedChecksums) {
    const place = `${url}.${algorithm}`;
    const answer = await tools.transfers.fetchDocument({
      url: place,
      headers: repository.headers,
      maxBytes: 4096,
    });
    if (isAbsent(answer.status)) continue;
    if (answer.status !== 200) throw refusal(place, answer);
    const hex = hexIn(Buffer.from(answer.bytes).toString('latin1'), algorithm);
    if (hex !== undefined) return { algorithm, hex };
  }
  return undefined;
}

/** Checksum files have the hash first; some add a file's name. */
export function hexIn(text: string, algorithm: PublishedChecksum): string | undefined {
  const [hex = ''] = text.trim().split(/\s+/);
  return new RegExp(`^[0-9a-f]{${String(hexLength[algorithm])}}$`, 'i').test(hex)
    ? hex.toLowerCase()
    : undefined;
}

async function isThere(url: string, repository: MavenRepository, tools: SourceTools) {
  const answer = await tools.transfers.fetchDocument({
    url,
    method: 'HEAD',
    headers: repository.headers,
    maxBytes: 4096,
  });
  return answer.status === 200;
}

function isAbsent(status: number): boolean {
  return status === 404 || status === 410;
}

function unproven(file: MavenFile, url: string): WireOfflineError {
  return new WireOfflineError('MAVEN_CHECKSUM_MISSING', {
    message: `Maven ${mavenLabel(file)}: expected one of ${publishedChecksums.join(', ')} beside ${url}, got none that is one`,
    hint: 'take it from a repository that publishes checksums, or as kind http with its sha256',
  });
}

function unknown(file: MavenFile, { repositories }: From): WireOfflineError {
  return new WireOfflineError('MAVEN_ARTIFACT_UNKNOWN', {
    message: `Maven ${mavenLabel(file)}: expected it in one of ${repositories.map(({ url }) => url).join(', ')}, got none`,
    hint: 'look at the coordinates, the type and the classifier',
  });
}
