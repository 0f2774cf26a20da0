import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { someSettingsSchema } from '../../../../cli/config/settings.js';
import { readYaml } from '../../../../cli/input/yaml-document.js';
import { openPoints } from '../../../../cli/island/open-points.js';
import { parseIsland } from '../../../../cli/island/read.js';
import { loadRecipe } from '../../../../cli/recipe/load.js';
import { sources } from '../../../../cli/sources/registry.js';
import { includedText, recipeText, writeFiles } from '../../../helpers/recipes.js';
import { repositoryRoot } from '../../../helpers/repository.js';
import { createWorld, type World } from '../../../helpers/world.js';

const docs = join(repositoryRoot, 'docs');

interface Example {
  /** What its first line calls it: `# parts/time.recipe.yaml`. */
  readonly file: string;
  readonly text: string;
}

/** The fenced YAML of all pages. */
async function examples(): Promise<readonly Example[]> {
  const pages = (await readdir(docs)).filter((name) => name.endsWith('.md'));
  const texts = await Promise.all(pages.map((name) => readFile(join(docs, name), 'utf8')));
  return texts.flatMap((page) =>
    [...page.matchAll(/^```yaml\n(?<text>.*?)^```$/gms)].map(({ groups }) => {
      const text = groups?.['text'] ?? '';
      return { file: /^# (\S+\.yaml)$/m.exec(text)?.[1] ?? '', text };
    }),
  );
}

const isRecipe = ({ file }: Example): boolean => file.endsWith('.recipe.yaml');

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.remove());

/** The kinds of an example's components, read as the recipe that it is: whole, or the part of another. */
async function kindsIn({ file, text }: Example): Promise<readonly string[]> {
  const isWhole = /^name:/m.test(text);
  await writeFiles(world.work, {
    'parts/base.recipe.yaml': includedText({}),
    [file]: text,
    ...(!isWhole && { 'whole.recipe.yaml': recipeText({ include: [file] }) }),
  });
  const named = isWhole ? file : 'whole.recipe.yaml';
  const recipe = await loadRecipe({ file: named, cwd: world.work, kinds: sources });
  return recipe.components.map(({ kind }) => kind);
}

describe('what the pages show to be copied', () => {
  it('is of every kind, and each recipe is valid', async () => {
    const kinds = new Set<string>();
    for (const example of (await examples()).filter(isRecipe))
      for (const kind of await kindsIn(example)) kinds.add(kind);
    expect([...kinds].sort()).toEqual(Object.keys(sources).sort());
  });

  it('is a valid island file that lacks nothing but the host keys, which scan-keys pins', async () => {
    const found = (await examples()).filter(({ file }) => file.endsWith('island.yaml'));
    expect(found.length).toBeGreaterThan(0);
    for (const { file, text } of found) {
      const island = await parseIsland({ file, bytes: Buffer.from(text) });
      const open = openPoints(island).map(({ expected }) => expected);
      const machines = [...island.hosts, ...island.jumpHosts];
      expect(open).toEqual(machines.map(({ name }) => `the pinned host key of ${name}`));
    }
  });

  it('names its file in each recipe', async () => {
    const nameless = (await examples()).filter(({ text }) => /^kind: Recipe/m.test(text));
    expect(nameless.filter((example) => !isRecipe(example))).toEqual([]);
  });

  it('is valid where it is configuration', async () => {
    const found = (await examples()).filter(({ file }) => file.endsWith('wire-offline.yaml'));
    expect(found.length).toBeGreaterThan(2);
    for (const { file, text } of found)
      expect(
        await readYaml({ file, bytes: Buffer.from(text) }, () =>
          Promise.resolve(someSettingsSchema),
        ),
      ).toMatchObject({
        ok: true,
      });
  });
});

/** What the page on sources says of a kind. */
async function sectionOf(kind: string): Promise<string> {
  const page = await readFile(join(docs, 'sources.md'), 'utf8');
  const [, after = ''] = page.split(new RegExp(`^## ${kind}$`, 'm'));
  return after.split(/^## /m)[0] ?? '';
}

/** The fields of a kind with what holds where a recipe says nothing; a required one has nothing. */
function fieldsOf(specSchema: z.ZodType): Readonly<Record<string, unknown>> {
  const { shape } = z.instanceof(z.ZodObject).parse(specSchema);
  return Object.fromEntries(
    Object.entries(shape).map(([field, schema]) => {
      const said = z.instanceof(z.ZodType).parse(schema).safeParse(undefined);
      return [field, said.success ? shown(said.data) : ''];
    }),
  );
}

/** A default as the page writes it; of what may be absent the page says in words what holds then. */
function shown(value: unknown): unknown {
  if (value === undefined) return expect.any(String);
  const text = JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ');
  return `\`${text}\``;
}

describe('the page on sources', () => {
  it.each(Object.entries(sources))(
    'has a row for each field of %s with its default, and no other row',
    async (kind, load) => {
      const { specSchema } = await load();
      const table = /^\| field +\|.*\n(?:\|.*\n)*/m.exec(await sectionOf(kind))?.[0] ?? '';
      const rows = [...table.matchAll(/^\| `(\w+)` +\| (.*?) *\| /gm)];
      const told = new Map(rows.map(([, field = '', value]) => [field, value]));
      expect(Object.fromEntries(told)).toEqual(fieldsOf(specSchema));
    },
  );

  it('names what a main of go takes', async () => {
    const section = await sectionOf('go');
    for (const field of ['import', 'call', 'result']) expect(section).toContain(`\`${field}\``);
  });
});
