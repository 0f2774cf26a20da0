import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { digestOf } from '../../../cli/digest.js';
import { helmSource } from '../../../cli/sources/helm/helm.js';
import type { SourceTools } from '../../../cli/sources/source.js';
import { ChartMaker, makeChart, serveCharts, type ChartOptions } from '../../helpers/charts.js';
import { codeOf } from '../../helpers/codes.js';
import { descriptor, json } from '../../helpers/image.js';
import { startOrigin, type Origin } from '../../helpers/origin.js';
import { startRegistry, type Registry } from '../../helpers/registry.js';
import { startSourceRun, type SourceRun } from '../../helpers/source-run.js';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const helmType = 'application/vnd.cncf.helm';

let home: string;
let maker: ChartMaker;
let registry: Registry;
let origin: Origin;
let run: SourceRun;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'wire-offline-helm-'));
  maker = await ChartMaker.create(join(home, 'maker'));
  await mkdir(join(home, 'registry'));
  registry = await startRegistry({ folder: join(home, 'registry') });
}, 60_000);

afterAll(async () => {
  await registry.stop();
  await maker.end();
  await rm(home, { recursive: true });
});

beforeEach(async () => {
  origin = await startOrigin();
  run = await startSourceRun({ recipeFolder: home });
});

afterEach(async () => {
  await origin.stop();
  await run.end();
});

const specOf = (said: object) =>
  helmSource.specSchema.parse({ chart: 'web', version: '1.2.3', ...said });

async function lockAndCollect(said: object, tools: SourceTools = run.tools) {
  const spec = specOf(said);
  const pin = helmSource.pinSchema.parse(await helmSource.lock(spec, tools));
  return { spec, pin, collected: await helmSource.collect(spec, pin, tools) };
}

const lockCode = (said: object) => codeOf(helmSource.lock(specOf(said), run.tools));

describe('a chart of an http repository', () => {
  it('is one file, proven by the digest of the index', async () => {
    const chart = makeChart();
    const repository = serveCharts(origin, [makeChart({ version: '2.0.0' }), chart]);
    const { collected } = await lockAndCollect({ repository });
    expect(collected).toMatchObject({
      version: '1.2.3',
      upstream: 'helm:web@1.2.3',
      proof: { method: 'helm-digest', detail: digestOf(chart.bytes) },
      items: [{ kind: 'chart', name: 'web', path: 'web-1.2.3.tgz' }],
    });
  });

  it('is collected from the cache without asking anybody, and from its repository where it is not there', async () => {
    const repository = serveCharts(origin, [makeChart()]);
    const { spec, pin, collected } = await lockAndCollect({ repository });
    const asked = origin.seen.length;
    expect(await helmSource.collect(spec, pin, run.tools)).toEqual(collected);
    expect(origin.seen.length).toBe(asked);
    const other = await startSourceRun();
    try {
      expect(await helmSource.collect(spec, pin, other.tools)).toEqual(collected);
    } finally {
      await other.end();
    }
  });

  it('is gone when its repository lists it no longer', async () => {
    const repository = serveCharts(origin, [makeChart()]);
    const { spec, pin } = await lockAndCollect({ repository });
    serveCharts(origin, [makeChart({ version: '2.0.0' })]);
    const other = await startSourceRun();
    try {
      expect(await codeOf(helmSource.collect(spec, pin, other.tools))).toBe('SOURCE_GONE');
    } finally {
      await other.end();
    }
  });

  it('is asked for at the mirrors instead, in their order', async () => {
    const mirror = serveCharts(origin, [makeChart()]);
    const tools = { ...run.tools, mirrors: [`${origin.url}/none`, mirror] };
    const { collected } = await lockAndCollect({ repository: 'https://never.example' }, tools);
    expect(collected.items).toHaveLength(1);
  });

  it('is asked for with the password that helm repo add was given, also by the name given there', async () => {
    const url = serveCharts(origin, [makeChart()]);
    const file = join(home, 'repositories.yaml');
    const entry = { name: 'stable', url, username: 'ada', password: 'a: password' };
    await writeFile(file, JSON.stringify({ repositories: [entry] }));
    const tools = { ...run.tools, env: { ...process.env, HELM_REPOSITORY_CONFIG: file } };
    await lockAndCollect({ repository: 'stable' }, tools);
    const basic = `Basic ${Buffer.from('ada:a: password').toString('base64')}`;
    expect(origin.seen.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
    const unknown = helmSource.lock(specOf({ repository: 'stabel' }), tools);
    await expect(unknown).rejects.toMatchObject({
      code: 'HELM_REPOSITORY_UNKNOWN',
      message: expect.stringContaining('did you mean stable?'),
    });
  });

  it('is given no password where the index leads to another host', async () => {
    const elsewhere = await startOrigin();
    try {
      const chart = makeChart();
      const address = elsewhere.serve('/web.tgz', chart.bytes);
      const url = serveCharts(origin, [chart], { urls: [address] });
      const file = join(home, 'elsewhere.yaml');
      const entry = { name: 'stable', url, username: 'ada', password: 'secret' };
      await writeFile(file, JSON.stringify({ repositories: [entry] }));
      const tools = { ...run.tools, env: { ...process.env, HELM_REPOSITORY_CONFIG: file } };
      await lockAndCollect({ repository: url }, tools);
      expect(elsewhere.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    } finally {
      await elsewhere.stop();
    }
  });

  it.each<[string, object, string]>([
    ['a name that the index has not', { chart: 'wbe' }, 'HELM_CHART_UNKNOWN'],
    ['a version that the index has not', { version: '9.9.9' }, 'HELM_VERSION_UNKNOWN'],
    ['a name of every object', { chart: 'constructor' }, 'HELM_CHART_UNKNOWN'],
  ])('is refused by %s', async (_, said, code) => {
    expect(await lockCode({ repository: serveCharts(origin, [makeChart()]), ...said })).toBe(code);
  });

  it('is refused when its bytes are not what the index says, or when it says nothing of them', async () => {
    const digest = '0'.repeat(64);
    const wrong = serveCharts(origin, [makeChart()], { digest });
    expect(await lockCode({ repository: wrong })).toBe('SOURCE_MISMATCH');
    const silent = serveCharts(origin, [makeChart()], { digest: undefined });
    expect(await lockCode({ repository: silent })).toBe('HELM_DIGEST_MISSING');
    const local = serveCharts(origin, [makeChart()], { urls: ['file:///etc/passwd'] });
    expect(await lockCode({ repository: local })).toBe('SOURCE_INVALID');
  });

  it.each<[string, ChartOptions, string]>([
    ['it holds a link', { link: ['Chart.lock', '/etc/passwd'] }, 'ARCHIVE_UNSAFE'],
    ['a member leads out of it', { files: { '../../x': 'x' } }, 'ARCHIVE_UNSAFE'],
    ['its Chart.yaml is empty', { files: { 'Chart.yaml': '' } }, 'HELM_CHART_INVALID'],
    [
      'it calls itself .',
      { files: { 'Chart.yaml': 'apiVersion: v2\nname: .\nversion: 1.2.3\n' } },
      'HELM_CHART_INVALID',
    ],
    [
      'it says it is another version, with a path in it',
      { files: { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3/../../x\n' } },
      'HELM_CHART_INVALID',
    ],
    [
      'it says it is another chart',
      { files: { 'Chart.yaml': 'apiVersion: v2\nname: other\nversion: 1.2.3\n' } },
      'HELM_CHART_INVALID',
    ],
    [
      'a chart in it holds a link',
      { files: { 'charts/db-1.0.0.tgz': makeChart({ link: ['x', '/'] }).bytes } },
      'ARCHIVE_UNSAFE',
    ],
    [
      'a chart in a chart in it calls itself ..',
      {
        files: {
          'charts/db.tgz': makeChart({
            files: { 'charts/x.tgz': makeChart({ name: '..' }).bytes },
          }).bytes,
        },
      },
      'HELM_CHART_INVALID',
    ],
    ['a chart in it is no archive', { files: { 'charts/db.tgz': 'text' } }, 'ARCHIVE_INVALID'],
  ])('is refused when %s', async (_, options, code) => {
    expect(await lockCode({ repository: serveCharts(origin, [makeChart(options)]) })).toBe(code);
  });
});

describe('the provenance of a chart', () => {
  const chart = makeChart();
  const prov = '/charts/web-1.2.3.tgz.prov';
  const signed = (keyring = 'maker/keyring.gpg') => ({
    repository: serveCharts(origin, [chart]),
    keyring,
  });

  it('is proven by the keyring when it is locked and when it is bundled, and goes into the bundle', async () => {
    origin.serve(prov, await maker.provenance(chart));
    await writeFile(join(home, 'maker.asc'), await maker.armored());
    const { spec, pin, collected } = await lockAndCollect(signed('maker.asc'));
    expect(collected.proof.method).toBe('helm-provenance');
    expect(collected.proof.detail).toMatch(/ signed by [0-9A-F]{40}$/);
    expect(collected.items.map((item) => item.kind !== 'image' && item.path)).toEqual([
      'web-1.2.3.tgz',
      'web-1.2.3.tgz.prov',
    ]);
    const unsigned = { chart: pin.chart };
    expect(await codeOf(helmSource.collect(spec, unsigned, run.tools))).toBe(
      'HELM_PROVENANCE_MISSING',
    );
    const other = await startSourceRun({ recipeFolder: home });
    try {
      expect(await helmSource.collect(spec, pin, other.tools)).toEqual(collected);
    } finally {
      await other.end();
    }
  });

  it('fails the chart when there is none', async () => {
    expect(await lockCode(signed())).toBe('HELM_PROVENANCE_MISSING');
  });

  it.each<[string, () => Promise<Buffer>, string]>([
    [
      'one byte differs',
      async () =>
        Buffer.from(String(await maker.provenance(chart)).replace('name: web', 'name: wEb')),
      'HELM_PROVENANCE_INVALID',
    ],
    [
      'it is not signed',
      () => Promise.resolve(Buffer.from('name: web')),
      'HELM_PROVENANCE_INVALID',
    ],
    [
      'it is of another chart',
      () => maker.provenance(makeChart({ version: '1.2.4' })),
      'HELM_PROVENANCE_OTHER_CHART',
    ],
    [
      'it is of the same chart with other bytes',
      () => maker.provenance(makeChart({ files: { 'values.yaml': 'a: 1' } })),
      'HELM_PROVENANCE_OTHER_CHART',
    ],
    [
      'it is by a key that the keyring lacks',
      async () => {
        const other = await ChartMaker.create(join(home, 'other'));
        try {
          return await other.provenance(chart);
        } finally {
          await other.end();
          await rm(join(home, 'other'), { recursive: true });
        }
      },
      'HELM_PROVENANCE_INVALID',
    ],
  ])('fails the chart when %s', async (_, provenance, code) => {
    origin.serve(prov, await provenance());
    expect(await lockCode(signed())).toBe(code);
  });

  it('wants a keyring of public keys', async () => {
    origin.serve(prov, await maker.provenance(chart));
    expect(await lockCode(signed('none.gpg'))).toBe('CONFIG_UNREADABLE');
    await writeFile(join(home, 'secret.asc'), '-----BEGIN PGP PRIVATE KEY BLOCK-----\n');
    expect(await lockCode(signed('secret.asc'))).toBe('CONFIG_INVALID');
  });
});

describe('a chart of an oci registry', () => {
  const chart = makeChart({ version: '1.2.3+7' });
  /** As `helm push` does. */
  async function push(layers: readonly (readonly [string, Uint8Array])[], config = 'config') {
    const configType = `${helmType}.${config}.v1+json`;
    const bytes = json({ name: chart.name, version: chart.version });
    for (const blob of [bytes, ...layers.map(([, layer]) => layer)])
      await registry.pushBlob('charts/web', blob);
    const manifest = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptor(configType, bytes),
      layers: layers.map(([type, layer]) => descriptor(`${helmType}.${type}`, layer)),
    };
    const raw = { mediaType: manifestType, bytes: json(manifest) };
    await registry.pushManifest('charts/web', '1.2.3_7', raw);
  }
  const content = ['chart.content.v1.tar+gzip', chart.bytes] as const;
  const said = { version: chart.version, repository: 'oci://registry.example/charts' };
  const tools = () => ({ ...run.tools, mirrors: [registry.url] });

  it('is found by its version, and proven with its provenance', async () => {
    const provenance = await maker.provenance(chart);
    await push([content, ['chart.provenance.v1.prov', provenance]]);
    const keyring = maker.keyring;
    const { collected } = await lockAndCollect({ ...said, keyring }, tools());
    expect(collected).toMatchObject({
      proof: { method: 'helm-provenance' },
      items: [
        { kind: 'chart', path: 'web-1.2.3+7.tgz', blob: { digest: digestOf(chart.bytes) } },
        { kind: 'file', path: 'web-1.2.3+7.tgz.prov' },
      ],
    });
  });

  it('is refused without the provenance that the recipe asks for', async () => {
    await push([content]);
    const spec = specOf({ ...said, keyring: maker.keyring });
    expect(await codeOf(helmSource.lock(spec, tools()))).toBe('HELM_PROVENANCE_MISSING');
  });

  it('is refused when it is no chart, or not there', async () => {
    await push([content], 'other');
    expect(await codeOf(helmSource.lock(specOf(said), tools()))).toBe('SOURCE_INVALID');
    const absent = specOf({ ...said, version: '9.9.9' });
    expect(await codeOf(helmSource.lock(absent, tools()))).toBe('HELM_VERSION_UNKNOWN');
  });
});
