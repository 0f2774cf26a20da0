import { describe, expect, it } from '@jest/globals';
import { helmSpecSchema, ociReference } from '../../../../../cli/sources/helm/spec.js';

const accepts = (change: object) =>
  helmSpecSchema.safeParse({ chart: 'web', version: '1.2.3', repository: 'stable', ...change })
    .success;

describe('a component of kind helm', () => {
  it.each([
    { version: 'v1.16.3' },
    { version: '1.0.0+build.1' },
    { repository: 'https://charts.example/stable' },
    { repository: 'oci://registry.example/charts' },
    { values: { cpu: 0.5, list: [1, { a: null }] } },
    { apiVersions: ['monitoring.example.com/v1', 'monitoring.example.com/v1/ServiceMonitor'] },
  ])('may say %j', (change) => {
    expect(accepts(change)).toBe(true);
  });

  it.each([
    ...['.', '..', '../web', 'a/b', '/abs', '-x', 'web.', 'a b', 'a\0b', ''].map((chart) => ({
      chart,
    })),
    ...[
      '1',
      '1.2',
      'latest',
      '^1.0.0',
      '../1.0.0',
      '1.0.0/../../x',
      'vv1.0.0',
      ' 1.0.0',
      '1.0.0\n',
    ].map((version) => ({
      version,
    })),
    ...[
      'https://user:secret@charts.example',
      'file:///srv/charts',
      'oci://Upper/x',
      'https://x/?a=b',
      '../x',
    ].map((repository) => ({ repository })),
    { release: 'Upper' },
    { namespace: '../x' },
    { kubeVersion: '1.36' },
    { apiVersions: ['--debug'] },
  ])('may not say %j', (change) => {
    expect(accepts(change)).toBe(false);
  });

  it('has its chart in an oci registry under a tag without a plus', () => {
    const said = { chart: 'web', version: '1.0.0+1', repository: 'oci://registry.example/charts/' };
    expect(ociReference(said)).toMatchObject({ repository: 'charts/web', tag: '1.0.0_1' });
  });
});
