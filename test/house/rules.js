/**
 * Where things live and what they may reach, as data: eslint.config.js and the test over the import graph
 * both read it. Patterns are regular expressions over paths from the root of the repository.
 */

/**
 * The rooms of the house, the first that matches a file is its room. `mayImport` names the rooms a file may
 * take from, besides its own.
 *
 * @type {readonly { name: string, path: string, mayImport: readonly string[] }[]}
 */
export const rooms = [
  { name: 'main', path: '^cli/main\\.ts$', mayImport: ['program', 'parts'] },
  { name: 'program', path: '^cli/program\\.ts$', mayImport: ['commands', 'parts'] },
  { name: 'commands', path: '^cli/commands/', mayImport: ['actions', 'parts', 'contract'] },
  { name: 'actions', path: '^cli/actions/', mayImport: ['phases', 'sources', 'parts', 'contract'] },
  { name: 'phases', path: '^cli/phases/', mayImport: ['parts', 'contract'] },
  { name: 'sources', path: '^cli/sources/', mayImport: ['parts', 'contract'] },
  { name: 'parts', path: '^cli/', mayImport: ['contract'] },
  { name: 'contract', path: '^server/contract/', mayImport: [] },
  { name: 'server', path: '^server/', mayImport: ['contract'] },
  {
    name: 'test',
    path: '^test/',
    mayImport: [
      'main',
      'program',
      'commands',
      'actions',
      'phases',
      'sources',
      'parts',
      'contract',
      'server',
    ],
  },
];

/**
 * One door a library: the only files that may import it, so that exchanging it changes one place.
 *
 * @type {readonly { library: string, door: string }[]}
 */
export const doors = [
  { library: 'commander', door: '^cli/(program\\.ts|commands/)' },
  { library: '@bomb.sh/tab', door: '^cli/program\\.ts$' },
  { library: 'listr2', door: '^cli/ui/tasks\\.ts$' },
  { library: 'yaml', door: '^cli/input/yaml-(document|edit|syntax)\\.ts$' },
  { library: 'fastest-levenshtein', door: '^cli/input/closest\\.ts$' },
  { library: 'execa', door: '^cli/transport/local\\.ts$' },
  { library: 'ssh2', door: '^cli/transport/ssh\\.ts$' },
  { library: 'tar', door: '^cli/bundle/(unpack-tar|bootstrap-tar)\\.ts$' },
  { library: 'yauzl', door: '^cli/bundle/unpack-zip\\.ts$' },
  { library: 'undici', door: '^(cli/(sources|startup)/|server/http/internal-client\\.ts$)' },
  { library: 'semver', door: '^cli/' },
  { library: 'uWebSockets.js', door: '^server/http/uws-' },
  { library: 'cassandra-driver', door: '^server/stores/' },
  { library: 'ioredis', door: '^server/stores/' },
  { library: 'minio', door: '^server/stores/' },
  { library: 'node:child_process', door: '^cli/transport/local\\.ts$' },
  { library: 'node:http', door: '^(cli/(sources|startup)/|server/http/uws-)' },
  { library: 'node:https', door: '^cli/(sources|startup)/' },
  { library: 'node:net', door: '^cli/startup/' },
  { library: 'node:tls', door: '^cli/(sources|startup)/' },
  { library: 'node:dgram', door: '^cli/startup/' },
  { library: '@opensearch-project/opensearch', door: '^server/stores/' },
  { library: 'prom-client', door: '^server/http/metrics\\.ts$' },
  { library: 'nodemailer', door: '^server/mail/' },
  { library: 'protobufjs', door: '^server/services/galley/messages/protobuf\\.ts$' },
  { library: 'pino', door: '^server/log/' },
];

/**
 * Which side of the border each verb works on: a file of cli/commands/ for each. `sources/`, the only code
 * that may reach the internet, is unreachable from every verb that is not `connected`.
 *
 * @type {Readonly<Record<string, 'connected' | 'border' | 'island'>>}
 */
export const verbs = {
  bundle: 'connected',
  config: 'island',
  diff: 'border',
  docs: 'island',
  extract: 'border',
  inspect: 'border',
  island: 'island',
  'island-identity': 'island',
  'island-plan': 'island',
  'island-scan-keys': 'island',
  'island-show': 'island',
  join: 'border',
  key: 'border',
  list: 'border',
  output: 'island',
  preflight: 'island',
  'parse-folder': 'island',
  push: 'island',
  reader: 'island',
  recipe: 'connected',
  rehearse: 'connected',
  'rehearse-list': 'connected',
  'rehearse-up': 'connected',
  repeatable: 'island',
  sign: 'border',
  split: 'border',
  'ssh-access': 'island',
  trust: 'island',
  'trust-option': 'island',
  verify: 'border',
  version: 'island',
};

/** The code that may reach the internet. */
export const internetSide = '^cli/sources/';
