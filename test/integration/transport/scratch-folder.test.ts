import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ownOwner } from '../../../cli/store/owner.js';
import { withScratchFolder } from '../../../cli/transport/scratch-folder.js';
import { codeOf } from '../../helpers/codes.js';
import { temporaryFolders } from '../../helpers/temporary.js';

const folderOf = temporaryFolders();

async function leftBy(owner: string): Promise<string> {
  const name = `wire-offline.${owner}.${randomUUID()}`;
  await mkdir(join(tmpdir(), name));
  await writeFile(join(tmpdir(), name, 'a file'), 'x');
  return name;
}

it('lends a folder of this user alone and takes it away, also after a failure', async () => {
  let lent = '';
  const failing = withScratchFolder(async (folder) => {
    lent = folder;
    await writeFile(join(folder, 'x'), 'x');
    expect((await lstat(folder)).mode & 0o777).toBe(0o700);
    throw new Error('as it happens');
  });
  await expect(failing).rejects.toThrow('as it happens');
  await expect(lstat(lent)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('takes away what killed runs left, and nothing of those that still run', async () => {
  const [namespace = '', pid = ''] = (await ownOwner()).split('-');
  // A process of this number and another start is another process, which is gone.
  const dead = await leftBy(`${namespace}-${pid}-1`);
  const alive = await leftBy(await ownOwner());
  await withScratchFolder(async () => {
    const names = await readdir(tmpdir());
    expect(names).toContain(alive);
    expect(names).not.toContain(dead);
  });
  await rm(join(tmpdir(), alive), { recursive: true });
});

it('says which folder it needs where that is missing or a file', async () => {
  const folder = await folderOf();
  const file = join(folder, 'a file');
  await writeFile(file, '');
  for (const within of [join(folder, 'none'), file])
    await expect(withScratchFolder(() => Promise.resolve(), within)).rejects.toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
      message: expect.stringContaining(within),
      hint: expect.stringContaining('TMPDIR'),
    });
});

it('says that its disk is full, when it is made and when it is filled', async () => {
  const folder = await folderOf();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder]);
  expect(mounted.status).toBe(0);
  try {
    const fill = (scratch: string) => writeFile(join(scratch, 'big'), Buffer.alloc(100_000));
    expect(await codeOf(withScratchFolder(fill, folder))).toBe('DISK_FULL');
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'full'), Buffer.alloc(100_000)).catch(() => undefined);
    expect(await codeOf(withScratchFolder(fill, folder))).toBe('DISK_FULL');
  } finally {
    spawnSync('umount', [folder]);
  }
});
