/**
 * Makes a bare Debian 12 with Node 20 and root ready for this repository: system packages, npm packages, build.
 * It uses nothing but Node itself, because it runs before anything is installed. Running it again does nothing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemPackages } from './system-packages.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (/** @type {string} */ text) => process.stdout.write(`set-up: ${text}\n`);

checkNode();
installSystemPackages();
installNpmPackages();
build();

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(
    `Node: expected 20.19 or newer, got ${process.versions.node}`,
    'install Node 20 and run again',
  );
}

function installSystemPackages() {
  const missing = systemPackages.filter(({ name }) => !isInstalled(name));
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get'))
    stop('apt-get: expected Debian 12, found none', 'run this on Debian 12 (bookworm)');
  if (process.getuid?.() !== 0)
    stop(
      `packages ${missing.map(({ name }) => name).join(' ')}: expected root to install them, got user id ${String(process.getuid?.())}`,
      'run the same command as root',
    );
  for (const { name, why } of missing) say(`apt: installing ${name} (${why})`);
  const apt = ['-o', 'Dpkg::Use-Pty=0', '-o', 'APT::Color=0', '-qq'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', [...apt, 'update'], env);
  const names = missing.map(({ name }) => name);
  run('apt-get', [...apt, 'install', '-y', '--no-install-recommends', ...names], env);
}

/** @param {string} name */
function isInstalled(name) {
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], {
    encoding: 'utf8',
  });
  return status === 0 && stdout === 'installed';
}

function installNpmPackages() {
  const stamp = join(root, 'node_modules', '.installed-lock-sha256');
  const digest = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  say('npm: installing the packages that package-lock.json pins');
  run('npm', ['ci', '--no-progress', '--loglevel=error']);
  writeFileSync(stamp, digest);
}

function build() {
  say('building and checking types');
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b']);
  run(process.execPath, [join(root, 'cli/build-program.js')]);
  chmodSync(join(root, 'artifacts/program/main.js'), 0o755);
}

/**
 * Runs a program to its end; of apt only what it complains of is shown, it names every file it touches.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 */
function run(command, args, env = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', command === 'apt-get' ? 'ignore' : 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (status === 0) return;
  const got =
    error?.message ?? (signal === null ? `exit status ${String(status)}` : `signal ${signal}`);
  stop(`${command} ${args.join(' ')}: expected it to succeed, got ${got}`, 'see its words above');
}

/**
 * @param {string} message
 * @param {string} hint
 */
function stop(message, hint) {
  process.stderr.write(`error in set-up: ${message}\nhint: ${hint}\n`);
  process.exit(1);
}
