import { describe, expect, it } from '@jest/globals';
import { compose, type NamedComponent } from '../../../../cli/bundle/compose.js';
import { diffBundles } from '../../../../cli/bundle/diff.js';
import { digestOf } from '../../../../cli/digest.js';
import { smallHead } from '../../../helpers/bundles.js';

function component(name: string, debs: Readonly<Record<string, string>>): NamedComponent {
  return {
    ...{ name, kind: 'apt', version: Object.values(debs)[0] ?? '', upstream: 'debian:bookworm' },
    proof: { method: 'apt-release', detail: 'InRelease' },
    suite: 'bookworm',
    items: Object.entries(debs).map(([deb, version]) => ({
      ...{ kind: 'deb', name: deb, version, path: `pool/${deb}_${version}.deb`, executable: false },
      blob: { digest: digestOf(`${deb} ${version}`), sizeBytes: 1000 },
    })),
  };
}

function documentOf(...components: NamedComponent[]) {
  return compose({ head: smallHead, components }).document;
}

describe('the difference of two bundles', () => {
  const old = documentOf(
    component('gone', { foo: '1' }),
    component('web', { nginx: '1.22-1', libpcre2: '10.42-1', openssl: '3.0.1' }),
  );
  const fresh = documentOf(
    component('fresh', { bar: '2' }),
    component('web', { nginx: '1.22-2', libpcre2: '10.42-1', zlib: '1.3' }),
  );

  it('names components and items added, removed and changed, with their versions', () => {
    expect(diffBundles(old, fresh).components).toEqual([
      {
        ...{ change: 'added', component: 'fresh', from: null, to: '2' },
        items: [{ change: 'added', item: 'bar', from: null, to: '2' }],
      },
      {
        ...{ change: 'removed', component: 'gone', from: '1', to: null },
        items: [{ change: 'removed', item: 'foo', from: '1', to: null }],
      },
      {
        ...{ change: 'changed', component: 'web', from: '1.22-1', to: '1.22-2' },
        items: [
          { change: 'changed', item: 'nginx', from: '1.22-1', to: '1.22-2' },
          { change: 'removed', item: 'openssl', from: '3.0.1', to: null },
          { change: 'added', item: 'zlib', from: null, to: '1.3' },
        ],
      },
    ]);
  });

  it('counts the bytes that an island with the first one lacks, each blob once', () => {
    const { newBytes, newBlobs, totalBytes } = diffBundles(old, fresh);
    const manifests = fresh.components.reduce(
      (sum, { manifest }) => sum + (manifest?.size ?? 0),
      0,
    );
    expect(newBlobs).toBe(5);
    expect(newBytes).toBe(3000 + manifests);
    expect(totalBytes).toBe(4000 + manifests + 2);
  });

  it('is empty for a bundle and itself', () => {
    expect(diffBundles(old, old)).toMatchObject({ components: [], newBlobs: 0, newBytes: 0 });
  });
});
