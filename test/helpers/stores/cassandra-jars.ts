import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheHome } from '../../../cli/config/xdg.js';

const version = '5.0.6';

/** Cassandra's jars with all they need, fetched by Maven into the user's cache when they are not there yet. */
export async function cassandraJars(): Promise<string> {
  const cache = join(cacheHome(process.env), 'wire-offline', 'test-stores');
  const folder = join(cache, `cassandra-${version}`);
  if (await isThere(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(cache, 'fetching-'));
  await writeFile(join(scratch, 'pom.xml'), pom);
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
  await promisify(execFile)(
    'mvn',
    ['-B', '-q', '-ntp', ...goal, `-DoutputDirectory=${join(scratch, 'lib')}`],
    { cwd: scratch },
  );
  // Another run may have been as fast: its folder is as good.
  await rename(join(scratch, 'lib'), folder).catch(async (error: unknown) => {
    if (!(await isThere(folder))) throw error;
  });
  await rm(scratch, { recursive: true });
  return folder;
}

async function isThere(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch {
    return false;
  }
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>wire-offline.test</groupId><artifactId>cassandra</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.apache.cassandra</groupId><artifactId>cassandra-all</artifactId>
    <version>${version}</version>
  </dependency></dependencies>
</project>
`;
