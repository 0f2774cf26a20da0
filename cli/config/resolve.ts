import { createReadStream } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Context } from '../context.js';
import { WireOfflineError, hasSystemCode, type Problem } from '../errors.js';
import { describeIssue } from '../input/issues.js';
import { parseYaml } from '../input/yaml-document.js';
import { maxYamlBytes } from '../input/yaml-syntax.js';
import {
  carriedSettingsSchema,
  defaultSettings,
  settingNames,
  settingVariables,
  settingsSchema,
  someSettingsSchema,
  type SettingName,
  type Settings,
  type SomeSettings,
} from './settings.js';
import { configHome } from './xdg.js';

const fileName = 'wire-offline.yaml';

/** What the user typed, before anything else is looked at: only what was really given. */
export interface GlobalFlags {
  readonly config?: string;
  readonly cache?: string;
  readonly concurrency?: number;
  readonly logFormat?: string;
  /** False where `--no-color` was given. */
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** Of the verbs that read bundles. */
  readonly trust?: string;
}

/** A setting's value and the place that decided it. */
export interface ResolvedSetting {
  readonly name: SettingName;
  readonly value: Settings[SettingName];
  /** `flag`, the variable's name, the file's path, or `default`. */
  readonly origin: string;
}

export interface ResolvedSettings {
  readonly settings: Settings;
  readonly origins: readonly ResolvedSetting[];
}

interface Layer {
  readonly origin: string | ((name: SettingName) => string);
  readonly values: SomeSettings;
}

/**
 * The settings of this run: flag over variable over `wire-offline.yaml` over default, each with its origin.
 *
 * Files: the one that `--config` or `WIRE_OFFLINE_CONFIG` names (`-` is standard input), else the one in the
 * working folder over the one in the user's configuration folder.
 *
 * @throws {WireOfflineError} CONFIG_INVALID, CONFIG_UNREADABLE
 */
export async function resolveSettings(
  flags: GlobalFlags,
  context: Context,
): Promise<ResolvedSettings> {
  return decideAll([
    { origin: 'flag', values: fromFlags(flags, context) },
    fromVariables(context),
    ...(await fromFiles(flags, context)),
    { origin: 'default', values: defaultSettings(context.env) },
  ]);
}

/** The settings as the flags, the variables that are valid and the defaults say: what is left when the rest is wrong. */
export function certainSettings(flags: GlobalFlags, context: Context): Settings {
  const valid = settingNames.flatMap((name): Layer[] => {
    const value = variableValues(context)[name];
    const parsed = someSettingsSchema.safeParse({ [name]: value });
    return value !== undefined && parsed.success ? [{ origin: name, values: parsed.data }] : [];
  });
  return decideAll([
    { origin: 'flag', values: fromFlags(flags, context) },
    ...valid,
    { origin: 'default', values: defaultSettings(context.env) },
  ]).settings;
}

function decideAll(layers: readonly Layer[]): ResolvedSettings {
  const origins = settingNames.map((name) => decide(name, layers));
  const values = origins.map(({ name, value }) => [name, value]);
  return { settings: settingsSchema.parse(Object.fromEntries(values)), origins };
}

function decide(name: SettingName, layers: readonly Layer[]): ResolvedSetting {
  for (const { origin, values } of layers) {
    const value = values[name];
    if (value === undefined) continue;
    return { name, value, origin: typeof origin === 'string' ? origin : origin(name) };
  }
  throw new TypeError(`setting ${name} has no default`);
}

function fromFlags(flags: GlobalFlags, context: Context): SomeSettings {
  const { cache, quiet, verbose, color, concurrency, logFormat, trust } = flags;
  return someSettingsSchema.parse({
    ...(cache === undefined ? {} : { cache: resolve(context.cwd, cache) }),
    ...(trust === undefined ? {} : { trust: resolve(context.cwd, trust) }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(logFormat === undefined ? {} : { logFormat }),
    ...(color === false ? { color: 'never' } : {}),
    ...(quiet ? { verbosity: 'quiet' } : verbose ? { verbosity: 'verbose' } : {}),
  });
}

type VariableValues = Partial<Record<SettingName, string | number>>;

function variableValues({ env, cwd }: Context): VariableValues {
  const values: VariableValues = {};
  for (const name of settingNames) {
    const text = env[settingVariables[name] ?? ''];
    if (text !== undefined && text !== '') values[name] = fromText(name, text, cwd);
  }
  // Source: no-color.org: any value but the empty one; `auto` leaves the choice to it.
  const { color = 'auto' } = values;
  if (color === 'auto' && (env['NO_COLOR'] ?? '') !== '') values.color = 'never';
  return values;
}

function fromVariables(context: Context): Layer {
  const values = variableValues(context);
  const noColor = values.color === 'never' && context.env['WIRE_OFFLINE_COLOR'] !== 'never';
  const parsed = someSettingsSchema.safeParse(values);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue): Problem[] =>
      describeIssue(issue, values).map(({ path, expected, got }) => ({
        where:
          settingNames.filter((name) => name === path[0]).map((n) => settingVariables[n])[0] ?? '',
        expected,
        got,
      })),
    );
    throw new WireOfflineError('CONFIG_INVALID', {
      message: 'the environment is not valid',
      problems,
      hint: 'correct or unset the variable; see: wire-offline docs configuration',
    });
  }
  return {
    origin: (name) => (name === 'color' && noColor ? 'NO_COLOR' : (settingVariables[name] ?? name)),
    values: parsed.data,
  };
}

function fromText(name: SettingName, text: string, cwd: string): string | number {
  if (name === 'cache' || name === 'trust') return resolve(cwd, text);
  return name === 'concurrency' && /^\d+$/.test(text) ? Number(text) : text;
}

async function fromFiles(flags: GlobalFlags, context: Context): Promise<Layer[]> {
  const named = flags.config ?? (context.env['WIRE_OFFLINE_CONFIG'] || undefined);
  if (named === '-') {
    const bytes = await readStdin(context);
    return [parseLayer({ file: 'standard input', bytes, folder: context.cwd })];
  }
  if (named !== undefined) {
    const file = resolve(context.cwd, named);
    return [(await readLayer(file)) ?? refuseAbsent(file)];
  }
  const own = join(configHome(context.env), 'wire-offline');
  const folders = context.cwd === own ? [own] : [context.cwd, own];
  const layers = await Promise.all(
    folders.map((folder) => readLayer(join(folder, fileName), { carried: folder !== own })),
  );
  return layers.filter((layer) => layer !== undefined);
}

async function readStdin({ stdin, signal }: Context): Promise<Uint8Array> {
  try {
    return await buffer(addAbortSignal(signal, stdin));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** The file's layer, or nothing where there is no such file. */
async function readLayer(file: string, { carried = false } = {}): Promise<Layer | undefined> {
  let bytes: Uint8Array;
  try {
    // Whatever stands there, no more of it is read than tells that it is too large.
    bytes = await buffer(createReadStream(file, { end: maxYamlBytes }));
  } catch (cause) {
    if (hasSystemCode(cause, 'ENOENT', 'ENOTDIR')) return undefined;
    throw unreadable(file, `got ${systemMessage(cause)}`, cause);
  }
  return parseLayer({ file, bytes, folder: dirname(file), carried });
}

interface LayerSource {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Relative paths in the file start here. */
  readonly folder: string;
  /** The file was found in the working folder: nobody named it. */
  readonly carried?: boolean;
}

function parseLayer({ file, bytes, folder, carried }: LayerSource): Layer {
  const values = parseYaml(
    { file, bytes, code: 'CONFIG_INVALID', hint: 'see: wire-offline docs configuration' },
    (carried === true ? carriedSettingsSchema : someSettingsSchema).nullable(),
  );
  const { cache, trust } = values ?? {};
  return {
    origin: file,
    values: {
      ...values,
      ...(cache === undefined ? {} : { cache: resolve(folder, cache) }),
      ...(trust === undefined ? {} : { trust: resolve(folder, trust) }),
    },
  };
}

function refuseAbsent(file: string): never {
  throw unreadable(file, 'there is none');
}

function unreadable(file: string, found: string, cause?: unknown): WireOfflineError {
  return new WireOfflineError('CONFIG_UNREADABLE', {
    message: `configuration ${file}: expected a file that can be read, ${found}`,
    hint: 'name an existing file with --config, or leave the flag out',
    cause,
  });
}

function systemMessage(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
