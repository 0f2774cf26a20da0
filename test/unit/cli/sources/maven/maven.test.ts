import { describe, expect, it } from '@jest/globals';
import { hexIn } from '../../../../../cli/sources/maven/files.js';
import { mavenLabel, mavenPath } from '../../../../../cli/sources/maven/names.js';
import { closurePom, mirrorSettings } from '../../../../../cli/sources/maven/poms.js';
import { mavenSource } from '../../../../../cli/sources/maven/maven.js';

const { specSchema, pinSchema } = mavenSource();

describe('a component of kind maven', () => {
  it.each([
    'org.apache.cassandra:cassandra-all:5.0.6',
    'org.opensearch.distribution.integ-test-zip:opensearch:2.19.1',
    'a:b_c.d:1.0-rc+1',
  ])('may name %s', (artifact) => {
    expect(specSchema.safeParse({ artifact }).success).toBe(true);
  });

  it.each([
    ...[
      'a:b',
      'a:b:c:d',
      'a/b:c:1',
      '../x:b:1',
      'a:..:1',
      'a:b:..',
      'a:b:1/../2',
      'a:b:1..2',
      '/a:b:1',
    ],
    ...[
      'a:b:1-SNAPSHOT',
      'a:b:LATEST',
      'a:b:RELEASE',
      'a:b:[1,2)',
      'a..b:c:1',
      'a:<x/>:1',
      'a:b:\0',
      '',
    ],
  ])('may not name %j', (artifact) => {
    expect(specSchema.safeParse({ artifact }).success).toBe(false);
  });

  it.each([{ type: '../zip' }, { type: 'a/b' }, { classifier: '..' }, { classifier: 'a/b' }])(
    'may not have %j',
    (change) => {
      expect(specSchema.safeParse({ artifact: 'a:b:1', ...change }).success).toBe(false);
    },
  );

  it.each([
    { digest: 'sha256:../../x' },
    { published: 'md5' },
    { artifact: '../x:b:1' },
    { url: 'x' },
  ])('is refused with a lock that has %j', (change) => {
    const file = {
      artifact: 'a:b:1',
      type: 'jar',
      published: 'sha1',
      digest: `sha256:${'0'.repeat(64)}`,
      sizeBytes: 1,
    };
    const accepts = (files: readonly object[]) => pinSchema.safeParse({ files }).success;
    expect([accepts([file]), accepts([{ ...file, ...change }])]).toEqual([true, false]);
  });
});

describe('a file of a Maven repository', () => {
  it.each([
    [{ artifact: 'org.a:b:1', type: 'jar' }, 'org/a/b/1/b-1.jar', 'org.a:b:1'],
    [{ artifact: 'a:b:1', type: 'zip' }, 'a/b/1/b-1.zip', 'a:b:1:zip'],
    [
      { artifact: 'a:b:1', type: 'tar.gz', classifier: 'x' },
      'a/b/1/b-1-x.tar.gz',
      'a:b:1:tar.gz:x',
    ],
    [{ artifact: 'a:b:1', type: 'test-jar' }, 'a/b/1/b-1-tests.jar', 'a:b:1:test-jar'],
  ])('%j lies at %s', (file, path, label) => {
    expect([mavenPath(file), mavenLabel(file)]).toEqual([path, label]);
  });

  it.each([
    ['a'.repeat(40), 'a'.repeat(40)],
    [`${'A'.repeat(40)}  b-1.jar\n`, 'a'.repeat(40)],
    ['a'.repeat(39), undefined],
    ['<html>', undefined],
    ['', undefined],
  ] as const)('has the checksum that %j says', (text, hex) => {
    expect(hexIn(text, 'sha1')).toBe(hex);
  });
});

describe('what Maven is given', () => {
  it('names the artifact whose closure is wanted', () => {
    const { pom } = closurePom({ artifact: 'a:b:1', type: 'zip', classifier: 'x' });
    expect(pom).toContain(
      '<dependency><groupId>a</groupId><artifactId>b</artifactId><version>1</version><type>zip</type><classifier>x</classifier></dependency>',
    );
  });

  it('keeps the address of a mirror a text', () => {
    expect(mirrorSettings('https://host/?a&b<c')).toContain(
      '<url>https://host/?a&amp;b&lt;c</url>',
    );
  });
});
