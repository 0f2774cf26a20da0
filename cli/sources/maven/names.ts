import { z } from 'zod';

/** One word of a coordinate: it becomes part of a path and of a POM. Source: Maven, DefaultModelValidator. */
const word = '[A-Za-z0-9_](?:[A-Za-z0-9_-]|[.](?![.]))*';
const group = '[A-Za-z0-9_-]+(?:[.][A-Za-z0-9_-]+)*';

export const mavenArtifactSchema = z
  .string()
  .max(256)
  .regex(
    new RegExp(`^${group}:${word}:[A-Za-z0-9](?:[A-Za-z0-9_+-]|[.](?![.]))*$`),
    'group:artifact:version',
  )
  .refine(
    (text) => !text.endsWith('-SNAPSHOT') && !/:(?:LATEST|RELEASE)$/.test(text),
    'a version that never changes: no SNAPSHOT, LATEST or RELEASE',
  );

export const mavenTypeSchema = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9-]*(?:\.[a-z0-9]+)*$/, 'a type such as jar or zip');

export const mavenClassifierSchema = z
  .string()
  .max(100)
  .regex(new RegExp(`^${word}$`), 'a classifier such as linux-x86_64');

/** What one file of a repository is. */
export interface MavenFile {
  /** `group:artifact:version`. */
  readonly artifact: string;
  readonly type: string;
  readonly classifier?: string | undefined;
}

/** Types whose files have another ending. Source: Maven core, Default Artifact Handlers Reference. */
const endings: ReadonlyMap<string, string> = new Map([
  ...['test-jar', 'maven-plugin', 'ejb', 'ejb-client', 'bundle', 'java-source', 'javadoc'].map(
    (type) => [type, 'jar'] as const,
  ),
]);

const classifiers: ReadonlyMap<string, string> = new Map([
  ['test-jar', 'tests'],
  ['ejb-client', 'client'],
  ['java-source', 'sources'],
  ['javadoc', 'javadoc'],
]);

/** The file's own name: `artifact-version-classifier.ending`. */
export function mavenFileName({ artifact, type, classifier }: MavenFile): string {
  const [, name = '', version = ''] = artifact.split(':');
  const more = classifier ?? classifiers.get(type);
  return `${name}-${version}${more === undefined ? '' : `-${more}`}.${endings.get(type) ?? type}`;
}

/** Where a repository has it. Source: Maven Repository Layout. */
export function mavenPath(file: MavenFile): string {
  const [groupId = '', name = '', version = ''] = file.artifact.split(':');
  return `${groupId.replaceAll('.', '/')}/${name}/${version}/${mavenFileName(file)}`;
}

/** `group:artifact:version`, with its type and classifier where they are not the usual ones. */
export function mavenLabel({ artifact, type, classifier }: MavenFile): string {
  return [
    artifact,
    ...(type === 'jar' ? [] : [type]),
    ...(classifier === undefined ? [] : [classifier]),
  ].join(':');
}
