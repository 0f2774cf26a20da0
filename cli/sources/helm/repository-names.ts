import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { WireOfflineError } from '../../errors.js';
import { oneOf } from '../../input/issues.js';
import { readSmallFile } from '../../input/small-file.js';
import { readYamlStream } from '../../input/yaml-document.js';
import type { SourceTools } from '../source.js';

/** A chart repository as this machine knows it. */
export interface KnownRepository {
  readonly url: string;
  /** For this address and what lies at the same host. */
  readonly headers: Readonly<Record<string, string>>;
}

const maxFileBytes = 1024 * 1024;

// Source: Helm, pkg/repo, File and Entry.
const fileSchema = z.object({
  repositories: z
    .array(
      z.object({
        name: z.string(),
        url: z.string(),
        username: z.string().optional(),
        password: z.string().optional(),
      }),
    )
    .nullish(),
});

/**
 * What Helm's own list of repositories (`helm repo add`) says of an address, or of a name in the place of one.
 *
 * @throws {WireOfflineError} HELM_REPOSITORY_UNKNOWN for a name that the list has not; CONFIG_INVALID,
 * CONFIG_UNREADABLE.
 */
export async function knownRepository(
  said: string,
  { env }: Pick<SourceTools, 'env'>,
): Promise<KnownRepository> {
  const file = fileOf(env);
  const repositories = await readList(file);
  const isAddress = said.includes(':');
  const found = repositories.find(({ name, url }) =>
    isAddress ? withSlash(url) === withSlash(said) : name === said,
  );
  if (found === undefined && isAddress) return { url: said, headers: {} };
  if (found === undefined) {
    const names = repositories.map(({ name }) => name);
    throw new WireOfflineError('HELM_REPOSITORY_UNKNOWN', {
      message: `chart repository ${said}: expected ${names.length === 0 ? `a name in ${file}, which has none` : oneOf(names, said)}, got ${said}`,
      hint: `helm repo add ${said} ADDRESS, or set mirrors for helm in wire-offline.yaml`,
    });
  }
  const { url, username, password = '' } = found;
  if (!username) return { url, headers: {} };
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return { url, headers: { authorization: `Basic ${basic}` } };
}

/** Source: Helm documentation, "Helm", environment variables. */
function fileOf(env: SourceTools['env']): string {
  const home = env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config');
  const folder = env['HELM_CONFIG_HOME'] ?? join(home, 'helm');
  return env['HELM_REPOSITORY_CONFIG'] ?? join(folder, 'repositories.yaml');
}

async function readList(file: string) {
  const bytes = await readSmallFile(file, maxFileBytes);
  if (!bytes.ok && bytes.absent) return [];
  if (!bytes.ok) throw unusable('CONFIG_UNREADABLE', file, bytes.got);
  const read = readYamlStream({ file, bytes: bytes.bytes });
  const parsed = fileSchema.safeParse(read.ok ? read.values[0] : undefined);
  // What is wrong is not quoted: the file holds passwords.
  if (!parsed.success) throw unusable('CONFIG_INVALID', file, 'something else');
  return parsed.data.repositories ?? [];
}

function unusable(
  code: 'CONFIG_INVALID' | 'CONFIG_UNREADABLE',
  file: string,
  got: string,
): WireOfflineError {
  return new WireOfflineError(code, {
    message: `${file}: expected Helm's list of repositories, got ${got}`,
    hint: 'helm repo list',
  });
}

function withSlash(url: string): string {
  return `${url.replace(/\/+$/, '')}/`;
}
