import type { MavenFile } from './names.js';

/** Plugins of Maven itself in versions of ours, so that the same question gets the same answer. */
const helpPlugin = { name: 'maven-help-plugin', version: '3.4.0' } as const;
const dependencyPlugin = { name: 'maven-dependency-plugin', version: '3.8.1' } as const;

/** More repositories than anybody configures. */
const maxRepositories = 8;

interface Field {
  readonly expression: string;
  /** Where its value is written. */
  readonly file: string;
}

/** For each repository: its URL, then the user and the password for it. */
export function repositoryFields(): readonly (readonly Field[])[] {
  return Array.from({ length: maxRepositories }, (_, index) =>
    ['url', 'authentication.username', 'authentication.password'].map((field) => ({
      expression: `project.remoteArtifactRepositories[${String(index)}].${field}`,
      file: `${String(index)}.${field}`,
    })),
  );
}

/** A POM whose validation writes down the repositories that Maven resolves artifacts from. */
export function repositoryPom(): string {
  const executions = repositoryFields()
    .flat()
    .map(({ expression, file }) =>
      execution(file, 'evaluate', { expression, output: `\${project.basedir}/${file}` }),
    );
  return pomWith('', plugin(helpPlugin, executions));
}

/** A POM whose validation writes down an artifact with its runtime closure, in a file of that name. */
export function closurePom(root: MavenFile): { readonly pom: string; readonly output: string } {
  const [groupId = '', artifactId = '', version = ''] = root.artifact.split(':');
  const { type, classifier } = root;
  const said = {
    groupId,
    artifactId,
    version,
    type,
    ...(classifier === undefined ? {} : { classifier }),
  };
  const output = 'tree.json';
  const tree = execution('tree', 'tree', {
    scope: 'runtime',
    outputType: 'json',
    outputFile: `\${project.basedir}/${output}`,
  });
  const dependencies = `<dependencies><dependency>${elements(said)}</dependency></dependencies>`;
  return { pom: pomWith(dependencies, plugin(dependencyPlugin, [tree])), output };
}

/** Settings by which Maven asks one place for everything. */
export function mirrorSettings(url: string): string {
  const mirror = elements({ id: 'wire-offline', mirrorOf: '*', url });
  return `<settings><mirrors><mirror>${mirror}</mirror></mirrors></settings>\n`;
}

function pomWith(dependencies: string, plugins: string): string {
  const head = elements({
    modelVersion: '4.0.0',
    groupId: 'wire-offline',
    artifactId: 'closure',
    version: '1',
    packaging: 'pom',
  });
  return `<project>${head}${dependencies}<build><plugins>${plugins}</plugins></build></project>\n`;
}

function plugin(
  { name, version }: { readonly name: string; readonly version: string },
  executions: readonly string[],
): string {
  const head = elements({ groupId: 'org.apache.maven.plugins', artifactId: name, version });
  return `<plugin>${head}<executions>${executions.join('')}</executions></plugin>`;
}

function execution(
  id: string,
  goal: string,
  configuration: Readonly<Record<string, string>>,
): string {
  const what = `<goals><goal>${goal}</goal></goals><configuration>${elements(configuration)}</configuration>`;
  return `<execution>${elements({ id, phase: 'validate' })}${what}</execution>`;
}

function elements(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
