import { join } from 'node:path';
import { z } from 'zod';
import { cacheHome } from './xdg.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Words in a file or variable are parsed once, here; the flags of the same names are in `program.ts`. */
export const settingsSchema = z.strictObject({
  cache: z.string().min(1),
  concurrency: z.int().min(1).max(256),
  logFormat: z.enum(['auto', 'plain', 'json']),
  color: z.enum(['auto', 'never']),
  verbosity: z.enum(['quiet', 'normal', 'verbose']),
});

/** What one source says of the settings: a file, the variables, the flags. */
export const someSettingsSchema = settingsSchema.partial();

export type SomeSettings = Readonly<z.infer<typeof someSettingsSchema>>;
export type Settings = Readonly<z.infer<typeof settingsSchema>>;
export type SettingName = keyof Settings;

export const settingNames = settingsSchema.keyof().options;

/** The variable that sets each setting. */
export const settingVariables: Readonly<Record<SettingName, string>> = {
  cache: 'WIRE_OFFLINE_CACHE',
  concurrency: 'WIRE_OFFLINE_CONCURRENCY',
  logFormat: 'WIRE_OFFLINE_LOG_FORMAT',
  color: 'WIRE_OFFLINE_COLOR',
  verbosity: 'WIRE_OFFLINE_VERBOSITY',
};

/** What holds where nobody says anything else. */
export function defaultSettings(env: Env): Settings {
  return {
    cache: join(cacheHome(env), 'wire-offline'),
    concurrency: 8,
    logFormat: 'auto',
    color: 'auto',
    verbosity: 'normal',
  };
}
