import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { commandsOf, wrapperModule, type GoMain, type GoPin, type GoSpec } from './spec.js';

/** The requirements of the wrapper module before they are solved. */
export function goModOf(spec: GoSpec): string {
  const release = spec.toolchain.slice('go'.length);
  const requires = Object.entries({ ...spec.requires, [spec.module]: spec.version });
  const lines = [
    `module ${wrapperModule}`,
    `go ${release}`,
    ...requires.map(([path, version]) => `require ${path} ${version}`),
    ...Object.entries(spec.replaces).map(
      ([from, to]) => `replace ${from.replace('@', ' ')} => ${to.replace('@', ' ')}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** The wrapper's own source files by their paths: what it builds, said so that `go mod tidy` sees it. */
export function sourcesOf(spec: GoSpec): ReadonlyMap<string, string> {
  const commands = commandsOf(spec);
  const imports = commands.filter(({ main }) => main === undefined);
  const tools = [
    '//go:build tools\n\npackage tools\n',
    ...imports.map(({ importPath }) => `import _ ${JSON.stringify(importPath)}`),
  ];
  return new Map([
    ['tools.go', `${tools.join('\n')}\n`],
    ...commands.flatMap(({ name, main }) =>
      main === undefined ? [] : [[`cmd/${name}/main.go`, mainProgram(main)] as const],
    ),
  ]);
}

/** Writes the wrapper module into an empty folder: solved as the pin has it, or still to be solved. */
export async function writeWrapper(folder: string, spec: GoSpec, pin?: GoPin): Promise<void> {
  const files = new Map(sourcesOf(spec));
  files.set('go.mod', pin?.goMod ?? goModOf(spec));
  if (pin !== undefined) files.set('go.sum', pin.goSum);
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

function mainProgram(main: GoMain): string {
  const call = `entry.${main.call}`;
  const body = {
    none: `\t${call}`,
    status: `\tos.Exit(${call})`,
    error: `\tif err := ${call}; err != nil {\n\t\tfmt.Fprintln(os.Stderr, err)\n\t\tos.Exit(1)\n\t}`,
  }[main.result];
  const imports = [
    ...(main.result === 'error' ? ['"fmt"'] : []),
    ...(body.includes('os.') ? ['"os"'] : []),
    `entry ${JSON.stringify(main.import)}`,
  ];
  return `package main\n\nimport (\n${imports.map((one) => `\t${one}`).join('\n')}\n)\n\nfunc main() {\n${body}\n}\n`;
}
