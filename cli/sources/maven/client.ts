import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { WireOfflineError } from '../../errors.js';
import { runLocal } from '../../transport/local.js';
import {
  mavenArtifactSchema,
  mavenClassifierSchema,
  mavenTypeSchema,
  type MavenFile,
} from './names.js';
import { closurePom, repositoryPom, mirrorSettings, repositoryFields } from './poms.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import type { SourceTools } from '../source.js';

/** A repository as Maven itself would ask it: mirrors applied, passwords decrypted. */
export interface MavenRepository {
  /** Without a slash at the end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What Maven writes where there is nothing under an expression. */
const nothing = 'null object or invalid expression';

/**
 * The repositories that this machine's Maven goes to, in its order.
 *
 * @throws {WireOfflineError} MAVEN_FAILED, TOOL_MISSING.
 */
export async function readRepositories(tools: SourceTools): Promise<readonly MavenRepository[]> {
  const found = await runMaven(repositoryPom(), tools, async (folder) => {
    const answers = repositoryFields().map(async (fields) => {
      const [url, user, password] = await Promise.all(
        fields.map(({ file }) => readFile(join(folder, file), 'utf8')),
      );
      return { url: valueOf(url), user: valueOf(user), password: valueOf(password) };
    });
    return Promise.all(answers);
  });
  const repositories = found.flatMap(({ url, user, password }) => {
    if (url === undefined || !/^https?:\/\//.test(url)) return [];
    const basic = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64');
    const headers = user === undefined ? {} : { authorization: `Basic ${basic}` };
    return [{ url: url.replace(/\/+$/, ''), headers }];
  });
  if (repositories.length > 0) return repositories;
  throw new WireOfflineError('MAVEN_FAILED', {
    message: 'Maven: expected it to name a repository by http or https, got none',
    hint: 'mvn help:effective-settings',
  });
}

function valueOf(text: string | undefined): string | undefined {
  const value = text?.trim();
  return value === undefined || value === '' || value === nothing ? undefined : value;
}

interface Node {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  readonly type: string;
  readonly classifier: string;
  readonly children?: readonly Node[] | undefined;
}

/** What maven-dependency-plugin writes with outputType json. */
const nodeSchema: z.ZodType<Node> = z.object({
  groupId: z.string(),
  artifactId: z.string(),
  version: z.string(),
  type: z.string(),
  classifier: z.string(),
  get children() {
    return z.array(nodeSchema).optional();
  },
});

/**
 * An artifact with all that it needs at run time, as Maven solves it; POMs that only name others are left out.
 *
 * @throws {WireOfflineError} MAVEN_CLOSURE_UNUSABLE, MAVEN_FAILED, TOOL_MISSING.
 */
export async function solveClosure(
  root: MavenFile,
  tools: SourceTools,
): Promise<readonly MavenFile[]> {
  const { pom, output } = closurePom(root);
  const text = await runMaven(pom, tools, (folder) => readFile(join(folder, output), 'utf8'));
  const tree = nodeSchema.parse(JSON.parse(text));
  return (tree.children ?? [])
    .flatMap(flatten)
    .map(toFile)
    .filter(({ type }) => type !== 'pom');
}

function flatten(node: Node): readonly Node[] {
  return [node, ...(node.children ?? []).flatMap(flatten)];
}

function toFile(node: Node): MavenFile {
  const artifact = mavenArtifactSchema.safeParse(
    `${node.groupId}:${node.artifactId}:${node.version}`,
  );
  const type = mavenTypeSchema.safeParse(node.type);
  const classifier = mavenClassifierSchema
    .optional()
    .safeParse(node.classifier === '' ? undefined : node.classifier);
  if (artifact.success && type.success && classifier.success) {
    const usual = { artifact: artifact.data, type: type.data };
    return classifier.data === undefined ? usual : { ...usual, classifier: classifier.data };
  }
  throw new WireOfflineError('MAVEN_CLOSURE_UNUSABLE', {
    message: `Maven: expected released artifacts with plain names, got ${JSON.stringify([node.groupId, node.artifactId, node.version, node.type, node.classifier])}`,
    hint: 'choose a version that depends on released artifacts only',
  });
}

/**
 * Runs Maven on a POM in a folder of its own, with a local repository of this tool's: the user's may hold what the
 * user built. Strict checksums; nothing but the solver's plugins and POMs is downloaded by it.
 */
async function runMaven<T>(
  pom: string,
  tools: SourceTools,
  read: (folder: string) => Promise<T>,
): Promise<T> {
  const repository = join(tools.cacheFolder, 'maven', 'repository');
  await mkdir(repository, { recursive: true, mode: 0o700 });
  return withScratchFolder(async (folder) => {
    await writeFile(join(folder, 'pom.xml'), pom);
    const settings = join(folder, 'settings.xml');
    const [mirror] = tools.mirrors;
    if (mirror !== undefined) await writeFile(settings, mirrorSettings(mirror));
    const own = mirror === undefined ? [] : ['-s', settings, '-gs', settings];
    const words = [
      '-B',
      '-q',
      '-ntp',
      '-C',
      ...own,
      `-Dmaven.repo.local=${repository}`,
      'validate',
    ];
    const result = await runLocal({
      argv: ['mvn', ...words],
      cwd: folder,
      env: tools.env,
      signal: tools.signal,
      from: 'maven',
    });
    if (result.exitCode === 0) return await read(folder);
    const lines = result.stdout.split('\n').filter((line) => line.includes('[ERROR]'));
    throw new WireOfflineError('MAVEN_FAILED', {
      message: `Maven: expected an answer, got exit status ${String(result.exitCode)}\n${lines.slice(0, 10).join('\n')}`,
      hint: 'its own words are above; look at ~/.m2/settings.xml',
    });
  });
}
