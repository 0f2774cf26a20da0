import { builtinModules } from 'node:module';
import { doors, rooms } from './rules.js';

/**
 * The room that a file is in, by its path from the root of the repository.
 *
 * @param {string} file
 */
export function roomOf(file) {
  return rooms.find(({ path }) => new RegExp(path).test(file));
}

/**
 * Why one file may not import another, or nothing where it may. Both are paths from the root.
 *
 * @param {string} from
 * @param {string} to
 * @returns {string | undefined}
 */
export function judgeFile(from, to) {
  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  if (fromRoom === undefined || toRoom === undefined || fromRoom === toRoom) return undefined;
  if (fromRoom.mayImport.includes(toRoom.name)) return undefined;
  return `${fromRoom.name} may not import ${toRoom.name} (${to}): see rooms in test/house/rules.js`;
}

/**
 * Why a file may not import a library, or nothing where it may. Tests may import any.
 *
 * @param {string} from
 * @param {string} library
 * @returns {string | undefined}
 */
export function judgeLibrary(from, library) {
  if (roomOf(from)?.name === 'test') return undefined;
  const rule = doors.find((door) => door.library === library);
  if (rule === undefined || new RegExp(rule.door).test(from)) return undefined;
  return `${library} is imported in ${rule.door} only: see doors in test/house/rules.js`;
}

/**
 * The library that a specifier such as `zod/v4` or `@scope/name/part` names; nothing for a file or a part of Node,
 * except the parts of Node that have a door.
 *
 * @param {string} specifier
 * @returns {string | undefined}
 */
export function libraryOf(specifier) {
  if (specifier.startsWith('.') || specifier.startsWith('/')) return undefined;
  const plain = specifier.replace(/^node:/, '');
  if (builtinModules.includes(plain)) return `node:${plain}`;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
