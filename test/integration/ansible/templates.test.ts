import { spawnSync } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../../helpers/repository.js';
import { createWorld, type World } from '../../helpers/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.remove());

const templates = join(repositoryRoot, 'ansible-templates');

function run(
  command: string,
  args: readonly string[],
  cwd: string = world.work,
): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...world.env, ANSIBLE_CONFIG: join(templates, 'ansible.cfg') },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

describe('the Ansible templates', () => {
  it('reach a host and change nothing on it', () => {
    const playbook = join(templates, 'playbooks', 'reach.yml');
    const { status, said } = run('ansible-playbook', ['-c', 'local', '-i', 'localhost,', playbook]);
    expect(said).toMatch(/localhost +: ok=3 +changed=0 +unreachable=0 +failed=0/);
    expect(status).toBe(0);
  });

  it('are linted for real: a sloppy playbook among them is found', async () => {
    const copy = join(world.work, 'ansible-templates');
    await cp(templates, copy, { recursive: true });
    const lint = ['--offline', '-q', '--profile', 'production'];
    expect(run('ansible-lint', lint, copy)).toEqual({ status: 0, said: '' });
    await writeFile(
      join(copy, 'playbooks', 'sloppy.yml'),
      '- hosts: all\n  tasks:\n    - shell: ls\n',
    );
    const { status, said } = run('ansible-lint', lint, copy);
    expect(said).toContain('sloppy.yml');
    expect(status).not.toBe(0);
  });
});
