import { describe, expect, it } from '@jest/globals';
import { parseWheelName, requestOf } from '../../../../../cli/sources/pypi/names.js';
import { pypiSource } from '../../../../../cli/sources/pypi/pypi.js';
import { isFor, markersOf, platformsOf } from '../../../../../cli/sources/pypi/target.js';

const debian = { python: '3.11.2', platform: 'manylinux_2_36_x86_64' };
const accepts = (change: object) =>
  pypiSource.specSchema.safeParse({ packages: ['moto==5.1.0'], python: '3.11.2', ...change })
    .success;
const fits = (filename: string, target = debian) => {
  const wheel = parseWheelName(filename);
  return wheel !== undefined && isFor(wheel, target);
};

describe('a component of kind pypi', () => {
  it.each([
    'ansible-core==2.19.14',
    'moto[server]==5.1.0',
    'a.b[c,d]==1!2.0rc1',
    'x==1.0.post1.dev2',
  ])('may ask for %s', (text) => {
    expect(accepts({ packages: [text] })).toBe(true);
  });

  it.each([
    ...[
      'moto',
      'moto>=5',
      'moto==5.*',
      '-r x',
      '--index-url=x==1',
      './moto==1',
      'moto @ https://x',
      '',
    ],
    ...['git+https://x/y==1', 'moto==5.1.0; python_version<"3"', 'moto==5.1.0 --pre'],
  ])('may not ask for %j', (text) => {
    expect(accepts({ packages: [text] })).toBe(false);
  });

  it.each([
    ...['3.11', '2.7.18', '3.11.2rc1', ''].map((python) => ({ python })),
    ...['linux_x86_64', 'win_amd64', 'any', 'manylinux_2_36_x86_64,any'].map((platform) => ({
      platform,
    })),
  ])('may not be for %j', (change) => {
    expect(accepts(change)).toBe(false);
  });

  it('is read as a name and a version', () => {
    expect(requestOf('moto[server,all]==5.1.0')).toEqual({ name: 'moto', version: '5.1.0' });
  });
});

describe('a wheel', () => {
  it.each([
    'pycparser-3.12-py3-none-any.whl',
    'six-1.17.0-py2.py3-none-any.whl',
    'cffi-1.17.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    'cffi-1.17.1-cp311-cp311-manylinux1_x86_64.whl',
    'cryptography-45.0.0-cp37-abi3-manylinux_2_34_x86_64.whl',
    'x-1.0-1-cp311-none-manylinux_2_36_x86_64.whl',
  ])('%s is for Python 3.11 on Debian 12', (filename) => {
    expect(fits(filename)).toBe(true);
  });

  it.each([
    'cffi-1.17.1-cp312-cp312-manylinux_2_17_x86_64.whl',
    'cffi-1.17.1-cp311-cp311-manylinux_2_17_aarch64.whl',
    'cffi-1.17.1-cp311-cp311-manylinux_2_38_x86_64.whl',
    'cffi-1.17.1-cp311-cp311-musllinux_1_2_x86_64.whl',
    'cffi-1.17.1-cp311-cp311-win_amd64.whl',
    'cffi-1.17.1-cp311-cp311-macosx_11_0_arm64.whl',
    'cryptography-45.0.0-cp312-abi3-manylinux_2_34_x86_64.whl',
    'cffi-1.17.1-cp310-cp310-manylinux_2_17_x86_64.whl',
    'pp-1.0-pp310-pypy310_pp73-manylinux_2_17_x86_64.whl',
    'old-1.0-py2-none-any.whl',
    'new-1.0-py312-none-any.whl',
    'cffi-1.17.1.tar.gz',
    '../x-1.0-py3-none-any.whl',
  ])('%s is not', (filename) => {
    expect(fits(filename)).toBe(false);
  });

  it('of Alpine is for Alpine alone', () => {
    const alpine = { python: '3.12.0', platform: 'musllinux_1_2_aarch64' };
    expect(fits('x-1.0-cp312-cp312-musllinux_1_1_aarch64.whl', alpine)).toBe(true);
    expect(fits('x-1.0-cp312-cp312-manylinux_2_17_aarch64.whl', alpine)).toBe(false);
  });
});

describe('a platform', () => {
  it('takes what was built for older ones, by their old names too', () => {
    const platforms = platformsOf(debian);
    expect(platforms.slice(0, 2)).toEqual(['manylinux_2_36_x86_64', 'manylinux_2_35_x86_64']);
    expect(platforms).toEqual(
      expect.arrayContaining(['manylinux2014_x86_64', 'manylinux2010_x86_64', 'manylinux1_x86_64']),
    );
    expect(platforms.at(-2)).toBe('manylinux_2_5_x86_64');
  });

  it('is what conditions on dependencies are asked against', () => {
    expect(markersOf({ python: '3.13.5', platform: 'manylinux_2_41_aarch64' })).toMatchObject({
      python_version: '3.13',
      python_full_version: '3.13.5',
      platform_machine: 'aarch64',
      sys_platform: 'linux',
    });
  });
});
