import { z } from 'zod';
import { domain, qualifiedId, uuid } from '../../../api/ids.js';
import { accessModes, accessRoles, conversationRoles } from '../conversations/conversation.js';

/** The path of a conversation. */
export const conversationParams = z.object({ cnv_domain: domain, cnv: uuid });

/** The path of a member. */
export const memberParams = z.object({
  cnv_domain: domain,
  cnv: uuid,
  usr_domain: domain,
  usr: uuid,
});

/** Longest name, in characters. */
const maxNameLength = 256;

/** A conversation's name, as well-formed text: 1 to 256 characters. */
export const conversationName = z
  .string()
  .transform((text) => Buffer.from(text).toString())
  .refine(
    (text) => text !== '' && Array.from(text).length <= maxNameLength,
    'expected 1-256 characters',
  );

/** A set: without repetitions, in one order. */
export const accessSet = z
  .array(z.enum(accessModes))
  .max(32)
  .transform((given) => accessModes.filter((mode) => given.includes(mode)));

/** A set, as above. */
export const accessRoleSet = z
  .array(z.enum(accessRoles))
  .max(32)
  .transform((given) => accessRoles.filter((role) => given.includes(role)));

export const conversationRole = z.enum(conversationRoles);

/** How long messages may be read, in milliseconds; null for as long as one likes. */
export const messageTimer = z.int().nonnegative().nullable();

/** Clients give the numbers their meaning. */
const int32Limit = 2 ** 31;
export const receiptMode = z
  .int()
  .min(-int32Limit)
  .max(int32Limit - 1)
  .nullable();

/** As many as any request may name: how many a conversation takes is checked later. */
export const qualifiedUsers = z.array(qualifiedId).max(10_000);
