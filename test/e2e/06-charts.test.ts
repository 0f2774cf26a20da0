import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cacheHome } from '../../cli/config/xdg.js';
import { renderRows } from './bad-input/charts.js';
import { testBadInput } from './bad-input/row.js';
import { makeChart, serveCharts } from '../helpers/charts.js';
import { runCli, type CliResult } from '../helpers/cli.js';
import { busyboxLayer, makeImage } from '../helpers/image.js';
import { startOrigin, type Origin } from '../helpers/origin.js';
import { recipeText, writeFiles } from '../helpers/recipes.js';
import { startRegistry } from '../helpers/registry.js';
import { createWorld, type World } from '../helpers/world.js';

// The first run builds Helm; those after it take it from the cache below.
jest.setTimeout(30 * 60_000);

/** Kept from run to run, so that Helm is built once. */
const cache = join(cacheHome(process.env), 'wire-offline');

let world: World;
let origin: Origin;

beforeEach(async () => {
  world = await createWorld();
  origin = await startOrigin();
  world.atEnd(() => origin.stop());
});

afterEach(() => world.remove());

async function run(...argv: readonly string[]): Promise<CliResult> {
  const go = { GOPROXY: process.env['GOPROXY'], GOSUMDB: process.env['GOSUMDB'] };
  const env = Object.fromEntries(
    Object.entries(go).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return runCli(world, { argv: ['--cache', cache, ...argv], env });
}

const templates = {
  'templates/web.yaml': `{{- if .Values.on }}
kind: StatefulSet
metadata: { name: {{ .Release.Name }}-web, namespace: {{ .Release.Namespace }} }
spec:
  template:
    spec:
      initContainers: [{ name: init, image: 'registry.example/init:{{ .Values.tag }}' }]
      containers:
        - name: web
          image: registry.example/web@{{ .Values.digest }}
          args: ['--sidecar-image=registry.example/side:1']
          env: [{ name: NOT_ONE, value: 'host.example/path:1' }]
{{- end }}
`,
  'templates/tests/test.yaml': `kind: Pod
metadata: { name: test, annotations: { helm.sh/hook: test } }
spec: { containers: [{ image: 'registry.example/test:1' }] }
`,
  'templates/cluster.yaml': `kind: Cluster
metadata: { name: {{ .Capabilities.KubeVersion.Version }} }
spec: { monitored: {{ .Capabilities.APIVersions.Has "monitoring.example/v1" }} }
`,
  'crds/db.yaml': `kind: CustomResourceDefinition
metadata: { name: dbs.example }
spec: { properties: { image: { type: string, default: 'registry.example/db:5' } } }
`,
  'values.yaml': 'on: false\ntag: "1"\n',
};

/** A registry with these images, and a component for each. */
async function images(names: readonly string[]) {
  const folder = join(world.folder, 'registry');
  await writeFiles(folder, { empty: '' });
  const registry = await startRegistry({ folder });
  world.atEnd(() => registry.stop());
  const image = makeImage([await busyboxLayer()]);
  const components: object[] = [];
  let digest = '';
  for (const [at, name] of names.entries()) {
    const [repository = '', tag = ''] = name.split(':');
    digest = await registry.push(image, { repository, tag });
    const as = `registry.example/${name}`;
    components.push({ name: `image-${String(at)}`, kind: 'oci', image: as });
  }
  return { mirror: registry.url, components, digest };
}

async function arrange(names: readonly string[], said: object = {}): Promise<void> {
  const repository = serveCharts(origin, [makeChart({ files: templates })]);
  const { mirror, components, digest } = await images(names);
  await writeFiles(world.config, {
    'wire-offline/wire-offline.yaml': `mirrors: { oci: ["${mirror}"] }\n`,
  });
  const values = { on: true, digest, fraction: 0.5 };
  const notImages = ['host.example/path:1'];
  const chart = { name: 'web', kind: 'helm', chart: 'web', version: '1.2.3', repository };
  const all = [{ ...chart, values, notImages, valuesFiles: ['tag.yaml'], ...said }, ...components];
  await writeFiles(world.work, {
    'x.recipe.yaml': recipeText({ components: all }),
    'tag.yaml': 'tag: "2"\non: false\n',
  });
  const locked = await run('recipe', 'lock', 'x.recipe.yaml');
  expect({ status: locked.status, stderr: locked.stderr }).toMatchObject({ status: 0 });
}

const wanted = ['init:2', 'web:1', 'side:1', 'db:5'];

describe('a recipe with a chart', () => {
  it('is right when its components bring all images that the chart names with its values', async () => {
    await arrange(wanted);
    const { status, stdout, stderr } = await run('recipe', 'check', 'x.recipe.yaml', '-o', 'json');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const [, , , ...none] = wanted;
    expect(none).toEqual(['db:5']);
    expect(JSON.parse(stdout)).toMatchObject({
      lock: { state: 'current' },
      charts: [
        {
          component: 'web',
          images: [
            'registry.example/db:5',
            'registry.example/init:2',
            expect.stringMatching(/^registry\.example\/web@sha256:/),
            'registry.example/side:1',
          ],
        },
      ],
    });
  });

  it('is refused with all that it lacks at once, and the place of each', async () => {
    await arrange(wanted.slice(0, 2), { kubeVersion: '1.31.2' });
    const { status, stderr } = await run('recipe', 'check', 'x.recipe.yaml');
    expect(status).toBe(3);
    expect(stderr).toContain('HELM_IMAGE_MISSING');
    expect(stderr).toContain('CustomResourceDefinition/dbs.example spec.properties.image.default');
    expect(stderr).toContain('StatefulSet/web-web spec.template.spec.containers.0.args.0');
    expect(stderr).not.toMatch(/init:2|registry\.example\/web@|test:1/);
  });

  it('is told not to be rendered as long as there is no lock', async () => {
    const component = { name: 'web', kind: 'helm', chart: 'web', version: '1.2.3' };
    const components = [{ ...component, repository: 'https://charts.example' }];
    await writeFiles(world.work, { 'x.recipe.yaml': recipeText({ components }) });
    const { status, stdout } = await run('recipe', 'check', 'x.recipe.yaml');
    expect(status).toBe(0);
    expect(stdout).toContain('charts: not rendered');
  });
});

describe('a chart that is wrong', () => {
  testBadInput(renderRows(cache));
});
