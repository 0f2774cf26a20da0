import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { listPages } from '../../../../cli/docs/pages.js';
import { buildProgram } from '../../../../cli/program.js';
import { repositoryRoot } from '../../../helpers/repository.js';

const rootPages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];
const docs = (await readdir(join(repositoryRoot, 'docs'))).map((name) => `docs/${name}`);
const pages = await Promise.all(
  [...rootPages, ...docs].map(async (file) => ({
    file,
    text: await readFile(join(repositoryRoot, file), 'utf8'),
  })),
);

/** The command lines of all fenced blocks, each without its comment and what a shell does after it. */
const lines = pages.flatMap(({ text }) =>
  [...text.matchAll(/^ *wire-offline ([^\n#&>]*)/gm)].map(([, words = '']) => words.trim()),
);

/** The program with verbs that do nothing: only its grammar is left. */
function grammar(): Command {
  const { stdin, stdout, stderr } = process;
  const context = { argv: [], env: {}, cwd: '/', stdin, stdout, stderr };
  const program = buildProgram({ ...context, signal: new AbortController().signal });
  silence(program);
  return program;
}

function silence(command: Command): void {
  if (command.commands.length === 0) command.action(() => undefined);
  command.commands.forEach(silence);
}

describe('the pages', () => {
  it.each([...new Set(lines)])('show a command that there is: wire-offline %s', async (line) => {
    const words = line.split(/\s+/);
    await expect(grammar().parseAsync(words, { from: 'user' })).resolves.toBeDefined();
  });

  it('name pages that there are', async () => {
    const topics = (await listPages()).map(({ name }) => name);
    const named = pages.flatMap(({ text }) =>
      [...text.matchAll(/wire-offline docs ([a-z]+)/g)].map(([, topic = '']) => topic),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(topics).toEqual(expect.arrayContaining([...new Set(named)]));
  });

  it('link to files that there are', () => {
    const links = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) =>
        join(repositoryRoot, dirname(file), link),
      ),
    );
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });
});
