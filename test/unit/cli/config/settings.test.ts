import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { resolveSettings, type GlobalFlags } from '../../../../cli/config/resolve.js';
import type { Settings } from '../../../../cli/config/settings.js';
import { WireOfflineError } from '../../../../cli/errors.js';
import { temporaryFolders } from '../../../helpers/temporary.js';

const newFolder = temporaryFolders();

interface Case {
  /** `wire-offline.yaml` in the working folder. */
  readonly carried?: string;
  /** `wire-offline.yaml` in the user's configuration folder. */
  readonly own?: string;
  readonly flags?: GlobalFlags;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs in the user's configuration folder itself. */
  readonly atHome?: boolean;
}

async function settingsOf(given: Case): Promise<Settings & { readonly folder: string }> {
  const folder = await newFolder();
  const [work, own] = [join(folder, 'work'), join(folder, 'config', 'wire-offline')];
  for (const path of [work, own]) await mkdir(path, { recursive: true });
  const file = 'wire-offline.yaml';
  if (given.carried !== undefined) await writeFile(join(work, file), given.carried);
  if (given.own !== undefined) await writeFile(join(own, file), given.own);
  const { settings } = await resolveSettings(given.flags ?? {}, {
    argv: [],
    env: { XDG_CONFIG_HOME: join(folder, 'config'), ...given.env },
    cwd: given.atHome === true ? own : work,
    stdin: new PassThrough(),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: new AbortController().signal,
  });
  return { ...settings, folder };
}

async function refusalOf(given: Case): Promise<string> {
  try {
    await settingsOf(given);
  } catch (error) {
    if (!(error instanceof WireOfflineError)) throw error;
    const problems = error.problems.map(({ where, expected }) => `${where}: ${expected}`);
    return [error.code, ...problems].join('\n');
  }
  return 'none';
}

describe('whom the operator trusts', () => {
  it("is decided by the folder beside the user's own settings", async () => {
    const { trust, folder } = await settingsOf({});
    expect(trust).toBe(join(folder, 'config', 'wire-offline', 'trust'));
  });

  it("is decided by flag over variable over the user's own file", async () => {
    const own = 'trust: keys\n';
    const env = { WIRE_OFFLINE_TRUST: '/from/variable' };
    const trustOf = async (given: Case) => (await settingsOf(given)).trust;
    expect(await trustOf({ own })).toMatch(/config\/wire-offline\/keys$/);
    expect(await trustOf({ own, env })).toBe('/from/variable');
    expect(await trustOf({ own, env, flags: { trust: '/from/flag' } })).toBe('/from/flag');
  });

  it('is never decided by a file that lies in the working folder', async () => {
    expect(await refusalOf({ carried: 'trust: /theirs\n' })).toMatch(
      /^CONFIG_INVALID\n.*wire-offline\.yaml:1:8 trust: .*must not decide it/,
    );
  });

  it('is decided by the file in the working folder where the user names it or it is the own one', async () => {
    const named = { carried: 'trust: /mine\n', flags: { config: 'wire-offline.yaml' } };
    expect((await settingsOf(named)).trust).toBe('/mine');
    expect((await settingsOf({ own: 'trust: /mine\n', atHome: true })).trust).toBe('/mine');
  });
});

describe('where software is taken from', () => {
  it('is as the machine is configured unless mirrors are named', async () => {
    expect((await settingsOf({})).mirrors).toEqual({});
    const own = 'mirrors:\n  npm: [https://mirror.example/npm]\n';
    expect((await settingsOf({ own })).mirrors).toEqual({ npm: ['https://mirror.example/npm'] });
  });

  it('is never decided by a file that lies in the working folder', async () => {
    expect(await refusalOf({ carried: 'mirrors: { npm: [https://theirs.example] }\n' })).toMatch(
      /^CONFIG_INVALID\n.*wire-offline\.yaml:1:10 mirrors: .*must not decide it/,
    );
  });

  it.each([
    ['a kind that does not exist', 'mirrors: { pnm: [https://x.example] }\n', /mirrors/],
    [
      'an address that is none',
      'mirrors: { npm: [x.example] }\n',
      /:1:18 mirrors\.npm\.0: an http/,
    ],
    ['a file', 'mirrors: { npm: ["file:///srv"] }\n', /:1:18 mirrors\.npm\.0: an http/],
    [
      'one address without a list',
      'mirrors: { npm: https://x.example }\n',
      /:1:17 mirrors\.npm: a list/,
    ],
  ])('is refused for %s', async (_title, own, says) => {
    expect(await refusalOf({ own })).toMatch(says);
  });
});
