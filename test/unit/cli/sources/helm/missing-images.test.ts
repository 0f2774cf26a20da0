import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../../../../cli/digest.js';
import { normalImageName } from '../../../../../cli/sources/helm/image-names.js';
import { missingImages } from '../../../../../cli/sources/helm/missing-images.js';

const digest = digestOf('the manifest');
const brought = [
  { ref: 'docker.io/library/nginx:1.27', digest },
  { ref: 'registry.example:5000/org/web:2.0', digest: undefined },
];
const missing = (...texts: readonly string[]) => {
  const images = texts.map((text) => ({ text, where: 'Deployment/web image' }));
  return missingImages([{ component: 'web', images }], brought).map(({ got }) => got);
};

describe('an image that a chart names', () => {
  it.each([
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['index.docker.io/nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['org/web', 'docker.io/org/web:latest'],
    ['localhost/web:1', 'localhost/web:1'],
  ])('is found by the name that engines make of %s', (text, expected) => {
    const { repository = '', tag = '' } = normalImageName(text) ?? {};
    expect(`${repository}:${tag}`).toBe(expected);
  });

  it('is there when a component brings it, by tag or by digest', () => {
    expect(
      missing(
        'nginx:1.27',
        `nginx@${digest}`,
        `nginx:other@${digest}`,
        'registry.example:5000/org/web:2.0',
      ),
    ).toEqual([]);
  });

  it.each([
    'nginx',
    'nginx:1.28',
    `nginx:1.27@${digestOf('another')}`,
    'registry.example:5000/org/web',
    `registry.example:5000/org/web:2.0@${digest}`,
    'NOT a name',
  ])('is missing as %s', (text) => {
    expect(missing(text)).toEqual([text]);
  });

  it('is told with its place and the nearest that there is', () => {
    const images = [{ text: 'nginx:1.28', where: 'Deployment/web spec.image' }];
    expect(missingImages([{ component: 'web', images }], brought)).toEqual([
      {
        where: 'web: Deployment/web spec.image',
        expected: `an image of the bundle (the nearest is docker.io/library/nginx:1.27@${digest})`,
        got: 'nginx:1.28',
      },
    ]);
  });
});
