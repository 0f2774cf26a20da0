import { toYaml } from '../input/yaml-document.js';
import { hostKeyText, type HostKey } from './host-key.js';
import type { Role, StoreRole } from './roles.js';
import { apiVersion } from './schema.js';

/** A host as it is written into a new island file. */
export interface TemplateHost {
  readonly name: string;
  readonly address: string;
  readonly user: string;
  readonly roles: readonly Role[];
  /** 22 where it is left out. */
  readonly port?: number;
  readonly hostKey?: HostKey;
  /** As a file says it: `8GB`. */
  readonly size?: { readonly cores: number; readonly memory: string };
}

/** What a new island file says of a store, in the words of the file. */
export interface TemplateStore {
  readonly disk?: string;
  readonly heap?: string;
}

export interface Template {
  /** Why the file is as it is, a line each. */
  readonly about: readonly string[];
  readonly name: string;
  readonly domain: string;
  readonly channel: string;
  readonly hosts: readonly TemplateHost[];
  readonly stores?: Readonly<Partial<Record<StoreRole, TemplateStore>>>;
  readonly recipients?: readonly string[];
}

/** The text of a new island file, with comments for whoever fills it in. */
export function islandTemplate(template: Template): string {
  const { about, name, domain, channel, hosts, stores = {}, recipients = [] } = template;
  return [
    ...about.map((line) => `# ${line}`),
    '# What it means: wire-offline docs island. Check it with: wire-offline island check FILE',
    `apiVersion: ${apiVersion}`,
    'kind: Island',
    `name: ${word(name)}`,
    '# Part of every user id: it can never change once installed.',
    `domain: ${word(domain)}`,
    '# The channel whose bundles this island takes.',
    `channel: ${word(channel)}`,
    '',
    '# Host keys are pinned by: wire-offline island scan-keys FILE. Where sudo asks for a password: sudo: prompt',
    'hosts:',
    ...hosts.flatMap(hostLines),
    '',
    ...storeLines(stores),
    ...choices,
    ...recipientLines(recipients),
    '',
  ].join('\n');
}

/** A made-up address for the host at this place of a template: 10.20.0.11 for the first. */
export function exampleAddress(index: number): string {
  return `10.20.0.${String(index + 11)}`;
}

function hostLines(host: TemplateHost): string[] {
  const { name, address, user, port, hostKey, roles, size } = host;
  return [
    `  - name: ${word(name)}`,
    `    address: ${address}`,
    `    user: ${word(user)}`,
    ...(port === undefined ? [] : [`    port: ${String(port)}`]),
    ...(hostKey === undefined ? [] : [`    hostKey: ${hostKeyText(hostKey)}`]),
    `    roles: [${roles.join(', ')}]`,
    ...(size === undefined
      ? []
      : [`    size: { cores: ${String(size.cores)}, memory: ${size.memory} }`]),
  ];
}

function storeLines(stores: NonNullable<Template['stores']>): string[] {
  const lines = Object.entries(stores).flatMap(([role, { disk, heap }]) => [
    `  ${role}:`,
    ...(disk === undefined ? [] : [`    disk: ${disk}`]),
    ...(heap === undefined ? [] : [`    heap: ${heap}`]),
  ]);
  if (lines.length > 0) return ['stores:', ...lines, ''];
  return [
    '# Rows and search indexes are kept three times, or as often as there are hosts for them. Each data directory is a',
    '# file system of its own. This holds where nothing is said:',
    '# stores:',
    '#   cassandra: { dataDirectory: /srv/cassandra, disk: 80GB, heap: 2GB }',
    '',
  ];
}

const choices = [
  '# TURN relays calls. Say here at which address clients reach each TURN host, where it is not its own:',
  '# turn:',
  '#   externalAddresses: { turn1: 192.0.2.10 }',
  '#   ports: { from: 49152, to: 65535 }',
  '#   tls: true',
  '',
  '# Mail: kept in an inbox on the island, or handed to a relay:',
  '# mail: { mode: relay, host: mail.wire.example, port: 587, from: wire@wire.example }',
  'mail: { mode: inbox }',
  '',
  '# Push notifications. C: none, clients keep a WebSocket open. A (through Wire) and B (an AWS account of your own)',
  '# need a way out of the island.',
  'push: C',
  '',
  '# Certificates: of an authority that is made here, or files of your own beside this one:',
  '# tls: { mode: given, certificate: wire.pem, key: wire.key }',
  'tls: { mode: island-ca }',
  '',
  '# Clocks that the assets host follows; without any it is the clock that all others follow.',
  'time: { servers: [] }',
  '',
] as const;

function recipientLines(recipients: readonly string[]): string[] {
  return [
    '# Whom the secrets are encrypted to, as age-keygen prints it: an operator and a recovery key at least.',
    'secrets:',
    ...(recipients.length === 0
      ? ['  recipients: []']
      : ['  recipients:', ...recipients.map((recipient) => `    - ${recipient}`)]),
  ];
}

/** Quoted where YAML would take it for something else, such as a number. */
function word(text: string): string {
  return toYaml(text).trimEnd();
}
