import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { WireOfflineError } from '../../../../cli/errors.js';
import { loadRecipe, type Recipe } from '../../../../cli/recipe/load.js';
import { sources } from '../../../../cli/sources/registry.js';
import { httpComponent, includedText, recipeText, writeFiles } from '../../../helpers/recipes.js';
import { temporaryFolders } from '../../../helpers/temporary.js';

const newFolder = temporaryFolders();

/** Loads `x.recipe.yaml` of a folder that has these files. */
async function load(files: Readonly<Record<string, string>>): Promise<Recipe> {
  const cwd = await newFolder();
  await writeFiles(cwd, files);
  return loadRecipe({ file: 'x.recipe.yaml', cwd, kinds: sources });
}

/** The problems that loading ends with, one text each. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  try {
    await load(files);
  } catch (error) {
    if (!(error instanceof WireOfflineError) || error.code !== 'RECIPE_INVALID') throw error;
    return error.problems.map(
      ({ where, expected, got }) => `${where}: expected ${expected}, got ${got}`,
    );
  }
  return [];
}

describe('a recipe', () => {
  it('is read with its components in the order of its files', async () => {
    const recipe = await load({
      'x.recipe.yaml': recipeText({
        include: ['parts/y.recipe.yaml'],
        components: [httpComponent('b')],
      }),
      'parts/y.recipe.yaml': includedText({ components: [httpComponent('a')] }),
    });
    expect(recipe).toMatchObject({
      name: 'demo',
      version: '1.0.0',
      channel: 'stable',
      sequence: 1,
    });
    expect(recipe.components.map(({ name, where }) => `${name} ${where}`)).toEqual([
      'b x.recipe.yaml:7:22',
      'a parts/y.recipe.yaml:3:22',
    ]);
    expect(recipe.files).toEqual(['x.recipe.yaml', 'parts/y.recipe.yaml']);
  });

  it('fills in what its kind of source takes for granted', async () => {
    const recipe = await load({
      'x.recipe.yaml': recipeText({ components: [httpComponent('a')] }),
    });
    expect(recipe.components[0]?.spec).toMatchObject({ executable: false });
  });

  it('keeps the folder that relative paths of a component start at', async () => {
    const cwd = await newFolder();
    await writeFiles(cwd, {
      'x.recipe.yaml': recipeText({ include: ['parts/y.recipe.yaml'] }),
      'parts/y.recipe.yaml': includedText({ components: [httpComponent('a')] }),
    });
    const recipe = await loadRecipe({ file: 'x.recipe.yaml', cwd, kinds: sources });
    expect(recipe.components[0]?.folder).toBe(join(cwd, 'parts'));
  });

  it('takes a file that two others include once', async () => {
    const recipe = await load({
      'x.recipe.yaml': recipeText({ include: ['y.recipe.yaml', 'z.recipe.yaml'] }),
      'y.recipe.yaml': includedText({ include: ['base.recipe.yaml'] }),
      'z.recipe.yaml': includedText({ include: ['./base.recipe.yaml'] }),
      'base.recipe.yaml': includedText({ components: [httpComponent('a')] }),
    });
    expect(recipe.components.map(({ name }) => name)).toEqual(['a']);
  });
});

describe('what is wrong with a recipe', () => {
  it('comes all at once over all its files, with file, line and column', async () => {
    expect(
      await problemsOf({
        'x.recipe.yaml': recipeText({ version: '1.0', include: ['y.recipe.yaml'], sequence: 0 }),
        'y.recipe.yaml': includedText({ componets: [], components: [{ kind: 'htpt' }] }),
      }),
    ).toEqual([
      'x.recipe.yaml:4:10 version: expected a semantic version such as 1.2.3 (semver.org), got "1.0"',
      'x.recipe.yaml:6:11 sequence: expected at least 1, got 0',
      expect.stringMatching(
        /^y\.recipe\.yaml:3:14 components\.0\.name: expected a text, got nothing/,
      ),
      expect.stringMatching(
        /^y\.recipe\.yaml:3:22 components\.0\.kind: expected one of apt, .*did you mean http\?\), got "htpt"/,
      ),
      expect.stringMatching(/^y\.recipe\.yaml:4:1 componets: .*did you mean components\?/),
    ]);
  });

  it('is told for the fields of a kind of source at their places', async () => {
    const component = { ...httpComponent('a'), sha256: 'abc', sha512: 'x', executable: 'yes' };
    expect(await problemsOf({ 'x.recipe.yaml': recipeText({ components: [component] }) })).toEqual([
      expect.stringMatching(
        /^x\.recipe\.yaml:7:\d+ components\.0\.sha256: expected 64 lower-case hex/,
      ),
      expect.stringMatching(
        /^x\.recipe\.yaml:7:\d+ components\.0\.executable: expected true or false/,
      ),
      expect.stringMatching(
        /^x\.recipe\.yaml:7:\d+ components\.0\.sha512: .*did you mean sha256\?/,
      ),
    ]);
  });

  it('names both places of a component that is there twice', async () => {
    expect(
      await problemsOf({
        'x.recipe.yaml': recipeText({
          components: [httpComponent('a')],
          include: ['y.recipe.yaml'],
        }),
        'y.recipe.yaml': includedText({ components: [httpComponent('a')] }),
      }),
    ).toEqual([
      'y.recipe.yaml:3:22: expected a name of its own, got a, which x.recipe.yaml:7:22 has already',
    ]);
  });

  it.each([
    ['itself', { 'y.recipe.yaml': includedText({ include: ['y.recipe.yaml'] }) }],
    ['the one that includes it', { 'y.recipe.yaml': includedText({ include: ['x.recipe.yaml'] }) }],
    [
      'it over a third, by another path',
      {
        'y.recipe.yaml': includedText({ include: ['sub/z.recipe.yaml'] }),
        'sub/z.recipe.yaml': includedText({ include: ['../sub/../y.recipe.yaml'] }),
      },
    ],
  ])('tells where a file includes %s', async (_title, files) => {
    const root = recipeText({ include: ['y.recipe.yaml'] });
    expect(await problemsOf({ 'x.recipe.yaml': root, ...files })).toEqual([
      expect.stringMatching(/:4:11 include\.0: expected recipes that do not include one another/),
    ]);
  });

  it('tells where an included file is that is not there', async () => {
    expect(
      await problemsOf({ 'x.recipe.yaml': recipeText({ include: ['y.recipe.yaml'] }) }),
    ).toEqual([
      'x.recipe.yaml:8:11 include.0: expected a file y.recipe.yaml that can be read, got none',
    ]);
  });

  it.each([
    '/etc/x.recipe.yaml',
    'https://example.org/x.recipe.yaml',
    'file:x.recipe.yaml',
    'x.yaml',
    'a\\x.recipe.yaml',
    'a\u0000x.recipe.yaml',
    'x'.repeat(4096) + '.recipe.yaml',
  ])('refuses to include %j', async (path) => {
    const [problem] = await problemsOf({ 'x.recipe.yaml': recipeText({ include: [path] }) });
    expect(problem).toMatch(/x\.recipe\.yaml:8:11 include\.0/);
  });

  it.each([
    '../x',
    '/abs',
    'a/b',
    '.',
    '..',
    'A',
    'a\u0000',
    'é',
    'x'.repeat(4096),
    '',
    '-a',
    'a ',
  ])('refuses the component name %j', async (name) => {
    const components = [{ ...httpComponent('a'), name }];
    const [problem] = await problemsOf({ 'x.recipe.yaml': recipeText({ components }) });
    expect(problem).toMatch(/x\.recipe\.yaml:7:22 components\.0\.name: expected a name/);
  });

  it('is told for a bootstrap that is no component, with the nearest one', async () => {
    const components = [httpComponent('node')];
    expect(
      await problemsOf({ 'x.recipe.yaml': recipeText({ components, bootstrap: 'nod' }) }),
    ).toEqual([
      'x.recipe.yaml:8:12 bootstrap: expected the name of a component: node (did you mean node?), got "nod"',
    ]);
  });
});
