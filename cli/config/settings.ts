import { join } from 'node:path';
import { z } from 'zod';
import { sourceKinds } from '../bundle/component.js';
import { cacheHome, configHome } from './xdg.js';

type Env = Readonly<Record<string, string | undefined>>;

const baseUrl = z.url({ protocol: /^https?$/, error: 'an http or https URL' });

/** For a kind of source, the base URLs to take it from instead of where the machine's own client goes. */
const mirrorsSchema = z.partialRecord(z.enum(sourceKinds), z.array(baseUrl).min(1));

/** Words in a file or variable are parsed once, here; the flags of the same names are in `program.ts`. */
export const settingsSchema = z.strictObject({
  cache: z.string().min(1),
  concurrency: z.int().min(1).max(256),
  logFormat: z.enum(['auto', 'plain', 'json']),
  color: z.enum(['auto', 'never']),
  verbosity: z.enum(['quiet', 'normal', 'verbose']),
  trust: z.string().min(1),
  mirrors: mirrorsSchema,
});

/** What one source says of the settings: a file, the variables, the flags. */
export const someSettingsSchema = settingsSchema.partial();

/**
 * The same for a file that merely lies in the working folder: whoever prepares the folder that a bundle is
 * carried in must not choose whom the operator trusts, nor where software is taken from.
 */
export const carriedSettingsSchema = someSettingsSchema.extend({
  trust: ownChoiceOnly('--trust, WIRE_OFFLINE_TRUST, '),
  mirrors: ownChoiceOnly(''),
});

export type SomeSettings = Readonly<z.infer<typeof someSettingsSchema>>;
export type Settings = Readonly<z.infer<typeof settingsSchema>>;
export type SettingName = keyof Settings;

export const settingNames = settingsSchema.keyof().options;

/** The variable that sets each setting; those that are absent stand in files only. */
export const settingVariables: Readonly<Partial<Record<SettingName, string>>> = {
  cache: 'WIRE_OFFLINE_CACHE',
  concurrency: 'WIRE_OFFLINE_CONCURRENCY',
  logFormat: 'WIRE_OFFLINE_LOG_FORMAT',
  color: 'WIRE_OFFLINE_COLOR',
  verbosity: 'WIRE_OFFLINE_VERBOSITY',
  trust: 'WIRE_OFFLINE_TRUST',
};

/** What holds where nobody says anything else. */
export function defaultSettings(env: Env): Settings {
  return {
    cache: join(cacheHome(env), 'wire-offline'),
    concurrency: 8,
    logFormat: 'auto',
    color: 'auto',
    verbosity: 'normal',
    trust: join(configHome(env), 'wire-offline', 'trust'),
    mirrors: {},
  };
}

/** A setting as one line of text. */
export function settingText(value: Settings[SettingName]): string {
  if (typeof value !== 'object') return String(value);
  const kinds = Object.entries(value).map(([kind, urls]) => `${kind}: ${urls.join(' ')}`);
  return kinds.length === 0 ? 'none' : kinds.join('; ');
}

function ownChoiceOnly(ways: string): z.ZodOptional<z.ZodCustom<never, never>> {
  const text = `no such setting in a file that lies in the working folder, which must not decide it (say it with ${ways}the file that --config names, or the one in your own configuration folder)`;
  return z.custom<never>(() => false, text).optional();
}
