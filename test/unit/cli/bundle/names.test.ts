import { describe, expect, it } from '@jest/globals';
import {
  firstCollision,
  imageRefSchema,
  itemPathSchema,
  nameSchema,
  sentenceSchema,
} from '../../../../cli/bundle/names.js';

const hostile = [
  '',
  '.',
  '..',
  '../x',
  '/abs',
  'a/../b',
  'a//b',
  'a/',
  'a\\b',
  'a\0b',
  'a b',
  'a\nb',
  'C:x',
  '.hidden',
  'end.',
  'ü',
  'e\u0301',
  '\u202egpj',
  'x'.repeat(4096),
];

describe('names that become paths', () => {
  it.each([...hostile, 'a/b', 'Upper', '-rf', 'end-'])('refuses the name %j', (name) => {
    expect(nameSchema.safeParse(name).success).toBe(false);
  });

  it.each(['a', 'jdk-17', 'cassandra5.0', 'x'.repeat(64)])('takes the name %j', (name) => {
    expect(nameSchema.safeParse(name).success).toBe(true);
  });

  it.each([...hostile, '-rf', 'a/./b', 'a/.git/config', `${'x/'.repeat(300)}x`])(
    'refuses the path %j',
    (path) => {
      expect(itemPathSchema.safeParse(path).success).toBe(false);
    },
  );

  it.each([
    'pool/libstdc++6_12.2.0-14~deb12u1_amd64.deb',
    '@scope/name/-/name-1.0.0.tgz',
    'org/apache/cassandra-all/5.0.2/cassandra-all-5.0.2.jar',
    'github.com/!azure/x@v1.0.0.zip',
    'foo_1%3a2.0_all.deb',
  ])('takes the path %j', (path) => {
    expect(itemPathSchema.safeParse(path).success).toBe(true);
  });

  it.each([
    ['docker.io/library/busybox:1.35.0', true],
    ['localhost:5000/a/b__c:v1', true],
    ['registry', true],
    ['../x', false],
    ['/abs', false],
    ['a/../b', false],
    ['A/B', false],
    ['a:b:c', false],
    ['a\0b', false],
    ['a@sha256:../../x', false],
    ['x'.repeat(4096), false],
  ])('judges the image reference %j: %s', (ref, valid) => {
    expect(imageRefSchema.safeParse(ref).success).toBe(valid);
  });

  it.each(['', 'a\u001b[2J', 'a\u202eb', 'a\nb', 'x'.repeat(4096)])(
    'refuses the words %j',
    (text) => {
      expect(sentenceSchema.safeParse(text).success).toBe(false);
    },
  );
});

describe('paths in one folder', () => {
  it.each([
    [['a', 'A'], 'A'],
    [['lib/x', 'LIB/X'], 'LIB/X'],
    [['caf\u00e9', 'cafe\u0301'], 'cafe\u0301'],
    [['\ufb01x', 'fix'], 'fix'],
    [['a', 'a/b'], 'a/b'],
    [['a/b/c', 'a'], 'a'],
    [['a', 'a'], 'a'],
  ])('sees that %j collide', (paths, at) => {
    expect(firstCollision(paths)).toBe(at);
  });

  it('lets neighbours be', () => {
    expect(firstCollision(['a/b', 'a/c', 'ab', 'a-b'])).toBeUndefined();
  });
});
