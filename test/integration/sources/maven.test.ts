import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mavenSource } from '../../../cli/sources/maven/maven.js';
import { startSourceRun, type SourceRun } from '../../helpers/source-run.js';

describe('Maven artifacts from the repository of this machine', () => {
  let run: SourceRun;
  const maven = mavenSource();
  beforeAll(async () => {
    run = await startSourceRun();
  });
  afterAll(() => run.end());

  it('lock and collect an artifact with its runtime closure, each by its checksum', async () => {
    const spec = maven.specSchema.parse({ artifact: 'junit:junit:4.13.2', closure: true });
    const pin = maven.pinSchema.parse(await maven.lock(spec, run.tools));
    expect(pin.files.map(({ artifact }) => artifact)).toEqual([
      'junit:junit:4.13.2',
      'org.hamcrest:hamcrest-core:1.3',
    ]);
    const collected = await maven.collect(spec, pin, run.tools);
    expect(collected.items.map((item) => item.kind === 'file' && item.path)).toEqual([
      'junit-4.13.2.jar',
      'hamcrest-core-1.3.jar',
    ]);
    const [junit] = pin.files;
    const stored = junit === undefined ? undefined : await run.tools.store.verified(junit.digest);
    const { stdout } = await promisify(execFile)('java', [
      '-cp',
      stored?.file ?? '',
      'junit.runner.Version',
    ]);
    expect(stdout).toBe('4.13.2\n');
  }, 300_000);

  it('collect the same bytes from a lock into an empty cache', async () => {
    const spec = maven.specSchema.parse({
      artifact: 'org.hamcrest:hamcrest-core:1.3',
      classifier: 'sources',
    });
    const pin = await maven.lock(spec, run.tools);
    const other = await startSourceRun();
    try {
      const collected = await mavenSource().collect(spec, pin, other.tools);
      expect(collected).toMatchObject({
        upstream: 'maven:org.hamcrest:hamcrest-core:1.3:sources',
        items: [{ path: 'hamcrest-core-1.3-sources.jar', version: '1.3' }],
      });
      expect(collected).toEqual(await maven.collect(spec, pin, run.tools));
    } finally {
      await other.end();
    }
  }, 300_000);

  it.each([
    ['a version that was never released', { artifact: 'junit:junit:99.0' }],
    ['a type that the artifact does not have', { artifact: 'junit:junit:4.13.2', type: 'zip' }],
  ])(
    'refuse %s',
    async (_, said) => {
      const spec = maven.specSchema.parse(said);
      await expect(maven.lock(spec, run.tools)).rejects.toMatchObject({
        code: 'MAVEN_ARTIFACT_UNKNOWN',
      });
    },
    300_000,
  );
});
