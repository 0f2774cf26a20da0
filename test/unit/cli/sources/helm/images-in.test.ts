import { describe, expect, it } from '@jest/globals';
import { imagesIn } from '../../../../../cli/sources/helm/images-in.js';

const texts = (...manifests: readonly unknown[]) => imagesIn(manifests).map(({ text }) => text);

const pod = (spec: object, metadata: object = {}) => ({
  kind: 'Deployment',
  metadata: { name: 'web', ...metadata },
  spec: { template: { spec } },
});

describe('the images that manifests name', () => {
  it('are those of all containers, each with its place', () => {
    const manifest = pod({
      initContainers: [{ image: 'busybox' }],
      containers: [{ image: 'registry.example/web:1' }],
      ephemeralContainers: [{ image: 'NOT a name' }],
      volumes: [{ image: { reference: 'registry.example/data:2', pullPolicy: 'Always' } }],
    });
    expect(imagesIn([manifest])).toEqual([
      { text: 'busybox', where: 'Deployment/web spec.template.spec.initContainers.0.image' },
      {
        text: 'registry.example/web:1',
        where: 'Deployment/web spec.template.spec.containers.0.image',
      },
      {
        text: 'NOT a name',
        where: 'Deployment/web spec.template.spec.ephemeralContainers.0.image',
      },
      {
        text: 'registry.example/data:2',
        where: 'Deployment/web spec.template.spec.volumes.0.image.reference',
      },
    ]);
  });

  it.each<[string, object, readonly string[]]>([
    [
      'arguments',
      {
        args: [
          '--solver-image=quay.io/org/solver:v1',
          '--reloader=quay.io/org/reloader@sha256:' + 'a'.repeat(64),
        ],
      },
      ['quay.io/org/solver:v1', `quay.io/org/reloader@sha256:${'a'.repeat(64)}`],
    ],
    [
      'arguments by short names',
      { args: ['--init-image=busybox:1.36', '--image', 'nginx:1'] },
      ['busybox:1.36', 'nginx:1'],
    ],
    [
      'commands of a shell',
      { command: ['sh', '-c', 'run "registry.example:5000/a/b:1"; true'] },
      ['registry.example:5000/a/b:1'],
    ],
    [
      'the environment',
      {
        env: [
          { name: 'RELATED_IMAGE_DB', value: 'db:5' },
          { name: 'X', value: 'ghcr.io/org/x:2' },
        ],
      },
      ['db:5', 'ghcr.io/org/x:2'],
    ],
  ])('are those in %s', (_, container, expected) => {
    expect(texts(pod({ containers: [container] }))).toEqual(expected);
  });

  it('are those of custom resources, in one piece or in parts', () => {
    const spec = {
      image: 'registry.example/db:1',
      baseImage: 'registry.example/base',
      version: '7.0',
      sidecar: { image: { registry: 'quay.io', repository: 'org/side', tag: 3 } },
      proxy: { repository: 'org/proxy', digest: 'b'.repeat(64) },
      exporter: { image: 'org/exporter', tag: 'v2' },
      images: ['org/extra:1'],
    };
    expect(texts({ kind: 'Database', metadata: { name: 'db' }, spec })).toEqual([
      'registry.example/db:1',
      'registry.example/base:7.0',
      'quay.io/org/side:3',
      `org/proxy@sha256:${'b'.repeat(64)}`,
      'org/exporter:v2',
      'org/extra:1',
    ]);
  });

  it('are the defaults in definitions of custom resources, but not the examples in their descriptions', () => {
    const schema = {
      description: 'for example docker.io/library/redis:7',
      properties: {
        image: { type: 'string', default: 'org/redis:7' },
        other: { type: 'string', default: 'quay.io/org/other:1', description: 'quay.io/a/b:c' },
      },
    };
    const manifest = {
      kind: 'CustomResourceDefinition',
      metadata: { name: 'x' },
      spec: { schema },
    };
    expect(texts(manifest)).toEqual(['org/redis:7', 'quay.io/org/other:1']);
  });

  it('are those in configuration that is a text within a text', () => {
    const data = {
      'config.yaml': 'sidecar:\n  image: "org/sidecar:1"\n  url: https://host.example/path:1\n',
      'config.json': '{"image":"busybox:1.36","scale":2,"other":"quay.io/org/json:5"}',
    };
    expect(texts({ kind: 'ConfigMap', metadata: { name: 'x' }, data })).toEqual([
      'org/sidecar:1',
      'quay.io/org/json:5',
      'busybox:1.36',
    ]);
  });

  it('are those of hooks, but not of pods that only a test makes', () => {
    const hook = (events: string) =>
      pod(
        { containers: [{ image: `x/${events.replace(/\W/g, '')}` }] },
        { annotations: { 'helm.sh/hook': events } },
      );
    expect(
      texts(hook('pre-install'), hook('test'), hook('test-success'), hook('test,pre-upgrade')),
    ).toEqual(['x/preinstall', 'x/testpreupgrade']);
  });

  it('are no addresses, times, selectors, policies or numbers', () => {
    const container = {
      args: [
        ...[
          '--listen=0.0.0.0:8080',
          '--url=https://host.example/x:1',
          '--image-pull-policy=Always',
        ],
        ...[
          'oci://registry.example/x:1',
          '--time=12:30:00',
          'app.kubernetes.io/name=web',
          '10.0.0.0/8',
        ],
      ],
      env: [{ name: 'IMAGE_PULL_POLICY', value: 'Always' }],
      imagePullPolicy: 'IfNotPresent',
    };
    expect(
      texts(pod({ containers: [container] }, { labels: { 'a.example/b': 'c' } }), null, 'text'),
    ).toEqual([]);
  });
});
