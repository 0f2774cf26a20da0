import { z } from 'zod';
import { timeText } from '../../clock.js';
import type { Account } from './accounts.js';

/** A picture of a user. */
export const asset = z.object({
  key: z.string().min(1).max(512),
  type: z.literal('image'),
  size: z.enum(['preview', 'complete']).optional(),
});

const assets = z.array(asset);
const qualified = z.object({ domain: z.string(), id: z.uuid() });

const publicShape = {
  qualified_id: qualified,
  id: z.uuid(),
  type: z.literal('regular'),
  name: z.string(),
  accent_id: z.int(),
  assets,
  picture: z.array(z.unknown()),
  supported_protocols: z.array(z.string()),
  searchable: z.boolean(),
  handle: z.string().optional(),
  team: z.uuid().optional(),
  text_status: z.string().optional(),
  expires_at: z.string().optional(),
  deleted: z.boolean().optional(),
};

/** What others see of a user. Source: backend-api 3.4. */
export const publicProfile = z.object({
  ...publicShape,
  legalhold_status: z.enum(['no_consent', 'disabled', 'pending', 'enabled']),
});

/** What users see of themselves. */
export const selfProfile = z.object({
  ...publicShape,
  locale: z.string(),
  status: z.enum(['active', 'suspended', 'deleted', 'ephemeral']),
  managed_by: z.enum(['wire', 'scim']),
  email: z.string().optional(),
});

/** The account as others see it. */
export function toPublicProfile(account: Account, domain: string): z.input<typeof publicProfile> {
  return { ...shared(account, domain), legalhold_status: 'no_consent' };
}

/** The account as its user sees it. */
export function toSelfProfile(account: Account, domain: string): z.input<typeof selfProfile> {
  const { locale, status, managed_by, email } = account;
  const mail = email === undefined ? {} : { email };
  return { ...shared(account, domain), locale, status, managed_by, ...mail };
}

function shared(account: Account, domain: string) {
  const { id, handle, team, text_status, expires_at } = account;
  return {
    qualified_id: { domain, id },
    id,
    type: 'regular' as const,
    name: account.name,
    accent_id: account.accent_id,
    assets: assets.parse(JSON.parse(account.assets)),
    picture: [],
    supported_protocols: account.supported_protocols,
    searchable: account.searchable,
    ...(handle !== undefined && { handle }),
    ...(team !== undefined && { team }),
    ...(text_status !== undefined && { text_status }),
    ...(expires_at !== undefined && { expires_at: timeText(expires_at) }),
    ...(account.status === 'deleted' && { deleted: true }),
  };
}
