import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeFile, judgeLibrary, libraryOf } from './judge.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @type {import('eslint').Rule.RuleModule} */
const imports = {
  meta: {
    type: 'problem',
    schema: [],
    docs: { description: 'imports follow test/house/rules.js' },
  },
  create(context) {
    const from = relative(root, context.filename).split(sep).join('/');
    /** @param {import('estree').Node & { source?: unknown }} node */
    const check = (node) => {
      const specifier = literalOf(node.source);
      if (specifier === undefined) return;
      const library = libraryOf(specifier);
      const message =
        library === undefined
          ? judgeFile(
              from,
              join(dirname(from), specifier).split(sep).join('/').replace(/\.js$/, '.ts'),
            )
          : judgeLibrary(from, library);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
    };
  },
};

/** @param {unknown} source */
function literalOf(source) {
  if (typeof source !== 'object' || source === null || !('value' in source)) return undefined;
  return typeof source.value === 'string' ? source.value : undefined;
}

/** The rules of the house as an ESLint plugin. */
export const house = { rules: { imports } };
