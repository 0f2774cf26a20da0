/** `npm run demo` after the set-up: shows on this machine what the tool does today, and what comes next. */
import { spawnSync } from 'node:child_process';
import { serviceContracts } from '../../server/contract/services.js';
import { builtCli } from '../helpers/repository.js';

const shown = [
  ['version', 'which tool this is'],
  ['docs', 'what it can explain without a network'],
  ['config show', 'every setting and where it came from'],
] as const;

const planned = [
  ['bundle', 'make keys, lock recipes, collect and sign real software of each kind into one file'],
  ['verify', 'judge that file at the border: signatures, every byte, and what changed'],
  ['rehearse', 'boot a throw-away island of real hosts on this machine'],
  ['install', 'push the bundle over SSH and bring up stores, TURN and Kubernetes in startup order'],
  ['services', `start ${serviceOrder().join(', ')}, each behind its gate`],
  ['smoke test', 'register two users and deliver a message between them'],
] as const;

for (const [words, what] of shown) {
  process.stdout.write(`\n$ wire-offline ${words}   # ${what}\n`);
  const { status } = spawnSync(process.execPath, [builtCli, ...words.split(' ')], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}
process.stdout.write('\nWhat this demo will do as the tool grows:\n');
for (const [index, [step, what]] of planned.entries())
  process.stdout.write(`  ${String(index + 1)}. ${step}: ${what}\n`);

/** Services that wait for none before those that wait for some. */
function serviceOrder(): string[] {
  return [...serviceContracts].sort((a, b) => a.after.length - b.after.length).map(({ id }) => id);
}
