import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../package.js';

/** A page of the documentation. */
export interface Page {
  /** The topic, as it is typed. */
  readonly name: string;
  /** Its first heading. */
  readonly title: string;
  readonly file: string;
}

/** All pages, by name. */
export async function listPages(): Promise<Page[]> {
  const folder = join(packageRoot(), 'docs');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.md')).sort();
  return Promise.all(
    files.map(async (name) => {
      const file = join(folder, name);
      const [, title = ''] = /^# (.*)$/m.exec(await readFile(file, 'utf8')) ?? [];
      return { name: name.slice(0, -'.md'.length), title, file };
    }),
  );
}

/** The page's Markdown, which reads as plain text too. */
export async function readPage(page: Page): Promise<string> {
  return readFile(page.file, 'utf8');
}
