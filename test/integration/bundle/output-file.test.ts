import { spawnSync } from 'node:child_process';
import { lstat, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkOutput } from '../../../cli/bundle/output-check.js';
import { writeOutput } from '../../../cli/bundle/output-file.js';
import { ownOwner } from '../../../cli/store/owner.js';
import { codeOf } from '../../helpers/codes.js';
import { temporaryFolders } from '../../helpers/temporary.js';

const folderOf = temporaryFolders();

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await folderOf();
  file = join(folder, 'x.bundle');
});

function write(text: string, force = false): Promise<void> {
  return writeOutput({ file, force }, (handle) => handle.writeFile(text));
}

async function leftBy(owner: string): Promise<string> {
  const name = `x.bundle.partial.${owner}.00000000`;
  await writeFile(join(folder, name), 'half');
  return name;
}

describe('an output', () => {
  it('that is there is kept, unless told to replace it; how is said where the verb can', async () => {
    await writeFile(file, 'mine');
    await expect(checkOutput({ file, force: false })).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
      hint: expect.stringContaining('--force'),
    });
    await expect(checkOutput({ file })).rejects.toMatchObject({
      hint: expect.not.stringContaining('--force'),
    });
    await write('new', true);
    expect(await readFile(file, 'utf8')).toBe('new');
  });

  it('takes the place of a link, and what that leads to stays', async () => {
    await writeFile(join(folder, 'target'), 'mine');
    await symlink(join(folder, 'target'), file);
    await write('new', true);
    expect((await lstat(file)).isFile()).toBe(true);
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('mine');
  });

  it.each([
    ['a pipe', () => void spawnSync('mkfifo', [file])],
    ['a folder', () => mkdir(file)],
    ['a device', () => void spawnSync('mknod', [file, 'c', '1', '3'])],
  ])('never takes the place of %s', async (_title, make) => {
    await make();
    const { ino } = await lstat(file);
    expect(await codeOf(checkOutput({ file, force: true }))).toBe('OUTPUT_NOT_WRITABLE');
    expect(await codeOf(write('new', true))).toBe('OUTPUT_NOT_WRITABLE');
    expect((await lstat(file)).ino).toBe(ino);
    expect(await readdir(folder)).toEqual(['x.bundle']);
  });

  it('that two write at a time is whole', async () => {
    await Promise.all([write('one', true), write('two', true)]);
    expect(await readFile(file, 'utf8')).toMatch(/^(one|two)$/);
    expect(await readdir(folder)).toEqual(['x.bundle']);
  });
});

describe('what lies beside an output', () => {
  it('goes where a killed run left it', async () => {
    const [namespace = '', pid = ''] = (await ownOwner()).split('-');
    // A process of this number and another start is another process, which is gone.
    await leftBy(`${namespace}-${pid}-1`);
    await write('new');
    expect(await readdir(folder)).toEqual(['x.bundle']);
  });

  it('stays where a run writes it that is alive, in this container or another', async () => {
    const [, pid = '', start = ''] = (await ownOwner()).split('-');
    const others = [await leftBy(await ownOwner()), await leftBy(`1-${pid}-${start}`)];
    await write('new');
    expect((await readdir(folder)).sort()).toEqual(['x.bundle', ...others].sort());
  });
});
