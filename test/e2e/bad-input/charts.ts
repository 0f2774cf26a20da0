import { join } from 'node:path';
import { makeChart, serveCharts, type ChartOptions } from '../../helpers/charts.js';
import { runCli } from '../../helpers/cli.js';
import type { Origin } from '../../helpers/origin.js';
import { writeFiles } from '../../helpers/recipes.js';
import type { World } from '../../helpers/world.js';
import { makeWheel, serveWheels, type WheelOptions } from '../../helpers/wheels.js';
import type { BadInput } from './row.js';
import { lock, refused, startOriginIn, writeRecipe } from './sources.js';

const web = { name: 'a', kind: 'helm', chart: 'web', version: '1.2.3' };

/** A chart repository on loopback and a recipe of its chart. */
async function beginCharts(
  world: World,
  { chart = {}, said = {} }: { chart?: ChartOptions; said?: object } = {},
): Promise<Origin> {
  const origin = await startOriginIn(world);
  const repository = serveCharts(origin, [makeChart(chart)]);
  await writeRecipe(world, { ...web, repository, ...said });
  return origin;
}

interface ChartRow {
  readonly title: string;
  readonly chart?: ChartOptions;
  readonly said?: object;
  readonly code: BadInput['code'];
  readonly exitStatus: number;
  readonly says: BadInput['says'];
}

/** What was fetched and is proven stays, whatever is wrong in it. */
const kept = ['cache/wire-offline'];

function chart({ title, chart: options = {}, said = {}, ...row }: ChartRow): BadInput {
  return {
    ...{ title, argv: lock, mayChange: kept, ...row },
    arrange: async (world) => {
      await beginCharts(world, { chart: options, said });
    },
  };
}

const metadata = (name: string, version = '1.2.3') => ({
  files: { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n` },
});

/** What can be wrong with charts and where they come from. */
export const chartRows: readonly BadInput[] = [
  ...['.', '..', '../web', '/abs', '-x', 'a/b'].map((name) =>
    refused(
      `a chart named ${name} is refused`,
      { ...web, chart: name, repository: 'https://charts.example' },
      ['chart'],
    ),
  ),
  ...['1.2.3/../../x', '../1.2.3', '1.2', '^1.0.0'].map((version) =>
    refused(
      `a chart in version ${version} is refused`,
      { ...web, version, repository: 'https://charts.example' },
      ['version'],
    ),
  ),
  refused(
    'a chart repository with a password in its address is refused',
    { ...web, repository: 'https://ada:secret@charts.example' },
    ['without credentials'],
  ),
  chart({
    title: 'a chart that the repository has not is refused, with the nearest one',
    said: { chart: 'webb' },
    ...{ code: 'HELM_CHART_UNKNOWN', exitStatus: 10, says: ['did you mean web?'] },
  }),
  chart({
    title: 'a version that the chart has not is refused with those that there are',
    said: { version: '1.2.4' },
    ...{ code: 'HELM_VERSION_UNKNOWN', exitStatus: 10, says: ['1.2.3', '1.2.4'] },
  }),
  chart({
    title: 'a chart repository by a name that Helm does not know is refused',
    said: { repository: 'stable' },
    ...{ code: 'HELM_REPOSITORY_UNKNOWN', exitStatus: 3, says: ['helm repo add stable'] },
  }),
  {
    title: 'a chart without a digest in the index is refused',
    arrange: async (world) => {
      const origin = await beginCharts(world);
      serveCharts(origin, [makeChart()], { digest: undefined });
    },
    ...{ argv: lock, code: 'HELM_DIGEST_MISSING', exitStatus: 10, says: ['helm repo index'] },
  },
  chart({
    title: 'a chart that calls itself . is refused',
    chart: metadata('.'),
    ...{ code: 'HELM_CHART_INVALID', exitStatus: 4, says: ['chart web 1.2.3', 'name'] },
  }),
  chart({
    title: 'a chart whose version is a path is refused',
    chart: metadata('web', '1.2.3/../../x'),
    ...{ code: 'HELM_CHART_INVALID', exitStatus: 4, says: ['version'] },
  }),
  chart({
    title: 'a chart with a link in it is refused',
    chart: { link: ['Chart.lock', '/etc/passwd'] },
    ...{ code: 'ARCHIVE_UNSAFE', exitStatus: 4, says: ['Chart.lock', 'SymbolicLink'] },
  }),
  chart({
    title: 'a chart in a chart with a link in it is refused',
    chart: { files: { 'charts/db-1.0.0.tgz': makeChart({ link: ['x', '/'] }).bytes } },
    ...{ code: 'ARCHIVE_UNSAFE', exitStatus: 4, says: ['charts/db-1.0.0.tgz'] },
  }),
  {
    title: 'a chart whose maker must have signed it, and has not, is refused',
    arrange: async (world) => {
      await writeFiles(world.work, { 'maker.gpg': 'keys' });
      await beginCharts(world, { said: { keyring: 'maker.gpg' } });
    },
    ...{ argv: lock, code: 'HELM_PROVENANCE_MISSING', exitStatus: 4, says: ['.prov', 'none'] },
    mayChange: kept,
  },
  {
    title: 'a provenance that nobody signed is refused',
    arrange: async (world) => {
      await writeFiles(world.work, { 'maker.gpg': 'keys' });
      const origin = await beginCharts(world, { said: { keyring: 'maker.gpg' } });
      origin.serve('/charts/web-1.2.3.tgz.prov', Buffer.from('name: web\n'));
    },
    ...{ argv: lock, code: 'HELM_PROVENANCE_INVALID', exitStatus: 4, says: ['signature'] },
    mayChange: kept,
  },
];

const pad = { name: 'a', kind: 'pypi', packages: ['pad==1.0.0'], python: '3.11.2' };

/** pip asks each machine that has it for the version of Rust, which makes itself a folder. */
const rustHome = ['home/.rustup'];

function wheel(
  title: string,
  { wheel: options = {}, said = {} }: { wheel?: WheelOptions; said?: object },
  row: Pick<BadInput, 'code' | 'says'>,
): BadInput {
  return {
    ...{ title, argv: lock, exitStatus: 10, mayChange: [...kept, ...rustHome], ...row },
    arrange: async (world) => {
      const origin = await startOriginIn(world);
      const index = serveWheels(origin, 'pad', [await makeWheel(options)]);
      const settings = `mirrors: { pypi: ["${index}"] }\n`;
      await writeFiles(world.config, { 'wire-offline/wire-offline.yaml': settings });
      await writeRecipe(world, { ...pad, ...said });
    },
  };
}

/** What can be wrong with wheels. */
export const wheelRows: readonly BadInput[] = [
  ...['pad', 'pad>=1', '-r x==1', '../pad==1.0.0', 'pad @ https://x.example/pad.whl'].map((one) =>
    refused(`a wheel asked for as ${one} is refused`, { ...pad, packages: [one] }, ['packages']),
  ),
  refused('a Python of two numbers is refused', { ...pad, python: '3.11' }, ['3.11.2']),
  refused('the platform of this machine is refused', { ...pad, platform: 'linux_x86_64' }, [
    'manylinux_2_36_x86_64',
  ]),
  wheel(
    'a wheel for another platform is refused with what there is',
    { wheel: { tags: 'cp311-cp311-win_amd64' } },
    { code: 'PYPI_WHEEL_MISSING', says: ['manylinux_2_36_x86_64', 'win_amd64'] },
  ),
  wheel(
    'a wheel for another Python is refused',
    { wheel: { tags: 'cp312-cp312-manylinux_2_17_x86_64' } },
    { code: 'PYPI_WHEEL_MISSING', says: ['Python 3.11.2', 'cp312'] },
  ),
  wheel(
    'a package that no index has is refused',
    { said: { packages: ['padd==1.0.0'] } },
    { code: 'PYPI_PACKAGE_UNKNOWN', says: ['pypi padd'] },
  ),
  wheel(
    'a version of a package that does not exist is refused with those that do',
    { said: { packages: ['pad==2.0.0'] } },
    { code: 'PYPI_VERSION_UNKNOWN', says: ['1.0.0', '2.0.0'] },
  ),
  wheel(
    'a package that needs what no index has is refused in the words of pip',
    { wheel: { requires: ['left-over'] } },
    { code: 'PYPI_UNSOLVABLE', says: ['left-over'] },
  ),
];

/** A Deployment whose template is the given text. */
const template = (text: string) => ({ files: { 'templates/web.yaml': text } });
const deployment = `kind: Deployment
metadata: { name: web }
spec: { template: { spec: { containers: [{ image: 'registry.example/web:1.0' }] } } }
`;

/** What can be wrong with what charts become; they need the program that renders, from a cache that has it. */
export function renderRows(cache: string): readonly BadInput[] {
  const rendering = (row: Omit<ChartRow, 'exitStatus'>): BadInput => ({
    ...chart({ ...row, exitStatus: 3 }),
    argv: ['--cache', cache, 'recipe', 'check', 'x.recipe.yaml'],
    arrange: async (world) => {
      const { chart: options = {}, said = {} } = row;
      await beginCharts(world, { chart: options, said });
      await lockIn(world, cache);
    },
  });
  return [
    rendering({
      title: 'an image that no component brings is refused at its place',
      chart: template(deployment),
      code: 'HELM_IMAGE_MISSING',
      says: ['a: Deployment/web spec.template.spec.containers.0.image', 'registry.example/web:1.0'],
    }),
    rendering({
      title: 'an image that the recipe says a chart needs is looked for as well',
      said: { images: ['registry.example/operand:1.0'] },
      code: 'HELM_IMAGE_MISSING',
      says: ['a: images of the recipe', 'registry.example/operand:1.0'],
    }),
    rendering({
      title: 'a chart that does not render is an error, and not a chart without images',
      chart: template('image: {{ required "say an image" .Values.image }}'),
      code: 'HELM_RENDER_FAILED',
      says: ['chart web 1.2.3', 'say an image'],
    }),
    rendering({
      title: 'a chart that renders to what is no YAML is an error',
      chart: template('a: [1\nb: }'),
      code: 'HELM_RENDER_FAILED',
      says: ['chart web 1.2.3'],
    }),
    rendering({
      title:
        'a chart that depends on one that is not in it is an error, and nothing is fetched for it',
      chart: {
        files: {
          'Chart.yaml':
            'apiVersion: v2\nname: web\nversion: 1.2.3\ndependencies: [{ name: db, version: 1.0.0, repository: "https://charts.example" }]\n',
        },
      },
      code: 'HELM_RENDER_FAILED',
      says: ['db', 'charts/'],
    }),
    rendering({
      title: 'a values file that is not there is an error',
      said: { valuesFiles: ['none.yaml'] },
      code: 'CONFIG_UNREADABLE',
      says: ['none.yaml'],
    }),
    rendering({
      title: 'a template that fills the memory is stopped',
      chart: template('{{ until 1000000000 }}'),
      code: 'HELM_RENDER_FAILED',
      says: ['chart web 1.2.3'],
    }),
  ];
}

/** Locks the recipe in a world, with what is fetched in the given cache. */
async function lockIn(world: World, cache: string): Promise<void> {
  const { status, stderr } = await runCli(world, { argv: ['--cache', cache, ...lock] });
  if (status !== 0) throw new Error(`${join(world.work, 'x.recipe.yaml')}: ${stderr}`);
}
