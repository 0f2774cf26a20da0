import { readFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { programFiles } from '../../../cli/bundle/program-files.js';
import { repositoryRoot } from '../../helpers/repository.js';

const folders = ['cli', 'server', 'docs', 'bundle-recipes', 'ansible-templates'];
const rootFiles = ['package.json', 'package-lock.json', 'README.md', 'CHANGELOG.md'];

/** Keys that sign or are trusted, whole: armor alone, as parsers and pages name it, is not a key. */
const keys = [
  {
    what: 'a private key',
    pattern: /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----\s+[\w+/=:, -]{16}/,
  },
  { what: 'an OpenSSH signature', pattern: /-----BEGIN SSH SIGNATURE-----\s+[\w+/]{16}/ },
  {
    what: 'an OpenSSH public key',
    pattern: /AAAA(?:B3NzaC1|C3NzaC1|E2VjZHNh|GnNrLXNz|InNrLWVj)[\w+/]{20}/,
  },
];

function keyIn(text: string): string | undefined {
  return keys.find(({ pattern }) => pattern.test(text))?.what;
}

async function shippedFiles(): Promise<string[]> {
  const lists = await Promise.all(
    folders
      .map((folder) => join(repositoryRoot, folder))
      .filter((folder) => existsSync(folder))
      .map(async (folder) => {
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name));
      }),
  );
  const root = rootFiles
    .map((file) => join(repositoryRoot, file))
    .filter((file) => existsSync(file));
  return [...lists.flat(), ...root];
}

/** Where this repository keeps tests, whatever folder of it they are built into. */
const ownTest = /^(?:artifacts\/build\/)?test\//;

/** Names of files that are keys, or belong to trust folders or to tests. */
const keyFile = /(?:\/allowed_signers|\/trust\.sigs|\.krl|\.pub|\.pem|\.key)$/;

/** Each file with what of it must not be there. */
async function keysAmong(files: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    const what = keyIn(await readFile(file, 'latin1'));
    if (what !== undefined) found.push(`${file}: ${what}`);
    if (keyFile.test(file)) found.push(file);
  }
  return found;
}

describe('what ships', () => {
  it('holds no key, no signature and no trust folder', async () => {
    const files = await shippedFiles();
    expect(files.length).toBeGreaterThan(50);
    expect(await keysAmong(files)).toEqual([]);
  });

  it('holds none in bootstrap.tar either, nor any file of a test of ours', async () => {
    const files = await programFiles(repositoryRoot);
    expect(files.length).toBeGreaterThan(100);
    expect(await keysAmong(files.map(({ file }) => file))).toEqual([]);
    expect(files.map(({ path }) => path).filter((path) => ownTest.test(path))).toEqual([]);
  });

  it('would be seen to hold one', () => {
    const base64 = Buffer.alloc(60, 1).toString('base64');
    expect(keyIn(`-----BEGIN OPENSSH PRIVATE KEY-----\n${base64}\n`)).toBe('a private key');
    expect(keyIn(`-----BEGIN PRIVATE KEY-----\n${base64}\n`)).toBe('a private key');
    expect(keyIn(`-----BEGIN SSH SIGNATURE-----\n${base64}\n`)).toBe('an OpenSSH signature');
    const line = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${base64}`;
    expect(keyIn(line)).toBe('an OpenSSH public key');
  });
});
