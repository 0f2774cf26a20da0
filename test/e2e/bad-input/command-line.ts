import type { BadInput } from './row.js';

/** What a person can mistype. */
export const commandLineRows: readonly BadInput[] = [
  {
    title: 'a verb that does not exist is refused, with the nearest one',
    argv: ['versoin'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['versoin', 'version', 'wire-offline --help'],
  },
  {
    title: 'no verb at all is refused',
    argv: [],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['no verb'],
  },
  {
    title: 'a flag that does not exist is refused, with the page to read',
    argv: ['docs', '--colour'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['--colour', 'wire-offline docs --help'],
  },
  {
    title: 'a word too many is refused',
    argv: ['version', 'please'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: [/too many arguments/],
  },
  {
    title: 'a result format that does not exist is refused with those that do',
    argv: ['version', '-o', 'xml'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['xml', 'table, json, yaml'],
  },
  {
    title: 'a concurrency that is no number is refused',
    argv: ['-j', 'many', 'config', 'show'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['many', 'from 1 to 256'],
  },
  {
    title: 'a concurrency of 0 is refused',
    argv: ['-j', '0', 'config', 'show'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['from 1 to 256'],
  },
  {
    title: 'quiet and verbose at once are refused',
    argv: ['-q', '-v', 'config', 'show'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['--quiet', '--verbose'],
  },
  {
    title: 'an empty cache folder is refused',
    argv: ['--cache', '', 'config', 'show'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['--cache'],
  },
  {
    title: 'a shell that completion does not know is refused with those it knows',
    argv: ['completion', 'tcsh'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['tcsh', 'bash'],
  },
  {
    title: 'a documentation topic that does not exist is refused, with the nearest one',
    argv: ['docs', 'configuraton'],
    code: 'TOPIC_UNKNOWN',
    exitStatus: 2,
    says: ['configuraton', 'wire-offline docs configuration'],
  },
  {
    title: 'a documentation topic that is a path is refused',
    argv: ['docs', '../package'],
    code: 'TOPIC_UNKNOWN',
    exitStatus: 2,
    says: ['../package'],
  },
];
