import { z } from 'zod';
import {
  commandName,
  goCommandSchema,
  goHashSchema,
  goModuleAtSchema,
  goPackageSchema,
  goPathSchema,
  goToolchainSchema,
  goVersionSchema,
} from './names.js';

/** A command that its module offers as a function only, such as `etcdmain.Main(os.Args)`. */
const mainSchema = z.strictObject({
  import: goPathSchema,
  call: z
    .string()
    .max(200)
    .regex(
      /^[A-Z][A-Za-z0-9_]*\((?:os\.Args(?:\[1:\])?)?\)$/,
      'an exported function with no argument, os.Args or os.Args[1:], such as Main(os.Args)',
    ),
  /** What the function gives back: nothing, an exit status, or an error that is printed. */
  result: z.enum(['none', 'status', 'error']).default('none'),
});

export const goSpecSchema = z
  .strictObject({
    module: goPathSchema,
    version: goVersionSchema,
    packages: z.array(goPackageSchema).max(100).default([]),
    mains: z.record(goCommandSchema, mainSchema).default({}),
    toolchain: goToolchainSchema,
    /** Module (with `@version` or without) to what takes its place. */
    replaces: z.record(z.union([goPathSchema, goModuleAtSchema]), goModuleAtSchema).default({}),
    /** Further modules at the version they are wanted in at least. */
    requires: z.record(goPathSchema, goVersionSchema).default({}),
    /** Texts set in the binary, besides `-s -w -buildid=`. */
    ldflags: z
      .array(
        z
          .string()
          .max(500)
          .regex(
            /^-X [A-Za-z0-9._~/-]+\.[A-Za-z0-9_]+=[^\s'"\p{Cc}]*$/u,
            "a flag such as '-X main.version=v1.2.3'",
          ),
      )
      .max(100)
      .default([]),
    tags: z
      .array(z.string().regex(/^[A-Za-z0-9_.]+$/, 'a build tag'))
      .max(50)
      .default([]),
    arch: z.enum(['amd64', 'arm64']).default('amd64'),
  })
  .superRefine((spec, context) => {
    const names = commandsOf(spec).map(({ name }) => name);
    if (names.length === 0)
      context.addIssue({
        code: 'custom',
        path: ['packages'],
        message: 'at least one of packages and mains',
      });
    const doubled = names.find((name, at) => names.indexOf(name) !== at);
    if (doubled !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['packages'],
        message: `a name of its own for each command, and not ${doubled} twice`,
      });
  });

export const goPinSchema = z.strictObject({
  toolchain: z.strictObject({
    release: goToolchainSchema,
    /** One for each machine that may build: the output is the same. */
    hashes: z.strictObject({ 'linux-amd64': goHashSchema, 'linux-arm64': goHashSchema }),
  }),
  /** The wrapper module's requirements, solved, and the hashes of all modules of it. */
  goMod: z.string().min(1).max(1_000_000),
  goSum: z.string().min(1).max(10_000_000),
});

export type GoSpec = Readonly<z.output<typeof goSpecSchema>>;
export type GoPin = Readonly<z.output<typeof goPinSchema>>;
export type GoMain = GoSpec['mains'][string];

export interface GoCommand {
  /** The file that `go build` makes. */
  readonly name: string;
  readonly importPath: string;
  readonly main: GoMain | undefined;
}

/** The module that the commands are built from; nobody can publish one of that name (RFC 2606, 2). */
export const wrapperModule = 'wire-offline.invalid/build';

/** All commands that a component is to have. */
export function commandsOf(
  spec: Pick<GoSpec, 'module' | 'packages' | 'mains'>,
): readonly GoCommand[] {
  const packages = spec.packages.map((said) => {
    const importPath = said === '.' ? spec.module : said.replace(/^\.\//, `${spec.module}/`);
    return { name: commandName(importPath), importPath, main: undefined };
  });
  const mains = Object.entries(spec.mains).map(([name, main]) => ({
    name,
    importPath: `${wrapperModule}/cmd/${name}`,
    main,
  }));
  return [...packages, ...mains];
}
