import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { settingNames, settingVariables } from '../../../../cli/config/settings.js';
import { listPages, readPage } from '../../../../cli/docs/pages.js';
import { errorFamilies } from '../../../../cli/errors.js';
import { exitCodes } from '../../../../cli/exit-codes.js';
import { repositoryRoot } from '../../../helpers/repository.js';

async function page(name: string): Promise<string> {
  return readFile(join(repositoryRoot, 'docs', `${name}.md`), 'utf8');
}

describe('the documentation', () => {
  it('gives each page a title', async () => {
    const pages = await listPages();
    expect(pages.map(({ name }) => name)).toContain('errors');
    for (const { title } of pages) expect(title).not.toBe('');
  });

  it('prints a page as it is written', async () => {
    const [first] = await listPages();
    expect(first && (await readPage(first))).toMatch(/^# /);
  });

  it('lists every exit status', async () => {
    const rows = [...(await page('errors')).matchAll(/^\| (\d+) +\| (\w+) +\|/gm)];
    expect(rows.map(([, status, family]) => `${String(family)} ${String(status)}`)).toEqual(
      Object.entries(exitCodes).map(([family, status]) => `${family} ${String(status)}`),
    );
  });

  it('lists every error code with its status', async () => {
    const rows = [...(await page('errors')).matchAll(/^\| `(\w+)` +\| (\d+) +\|/gm)];
    const codes = Object.entries(errorFamilies).map(
      ([code, family]) => `${code} ${String(exitCodes[family])}`,
    );
    expect(rows.map(([, code, status]) => `${String(code)} ${String(status)}`).sort()).toEqual(
      codes.sort(),
    );
  });

  it('lists every setting with its variable', async () => {
    const text = await page('configuration');
    for (const name of settingNames) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${name}\``));
      expect(row).toContain(settingVariables[name] ?? name);
    }
  });
});
