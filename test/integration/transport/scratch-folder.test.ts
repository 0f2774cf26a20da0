import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ownOwner } from '../../../cli/store/owner.js';
import { withScratchFolder } from '../../../cli/transport/scratch-folder.js';

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
