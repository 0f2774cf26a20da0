import { z } from 'zod';
import type { QualifiedId } from '../../../api/ids.js';
import { ApiError } from '../../../http/api-error.js';
import { badRequest } from '../../../http/common-errors.js';
import type { ConversationView } from '../endpoints/views.js';
import type { GalleyTools } from '../tools.js';
import { viewOf } from './view.js';

/** Some of a user's conversations, and where they go on. */
export interface IdPage {
  readonly ids: readonly string[];
  readonly hasMore: boolean;
  readonly pagingState: string;
}

/** Conversations that are read at the same time. */
const readsAtOnce = 16;

/** @throws {ApiError} bad-request where the paging state is none that this gave. */
export async function listIds(
  { store }: GalleyTools,
  user: string,
  { size, pagingState }: { readonly size: number; readonly pagingState: string | undefined },
): Promise<IdPage> {
  const after = pagingState === undefined ? undefined : fromPagingState(pagingState);
  const found = await store.idsOf(user, { after, limit: size + 1 });
  const ids = found.slice(0, size);
  return {
    ids,
    hasMore: found.length > size,
    pagingState: toPagingState(ids.at(-1) ?? after),
  };
}

/** Says what a paging state is, so that those of other lists and of other releases are known as such. */
const stateVersion = 1;
const stateBytes = 17;

/** The last conversation of a page; none where the user has none. */
function toPagingState(last: string | undefined): string {
  if (last === undefined) return Buffer.of(stateVersion).toString('base64url');
  const bytes = Buffer.concat([
    Buffer.of(stateVersion),
    Buffer.from(last.replaceAll('-', ''), 'hex'),
  ]);
  return bytes.toString('base64url');
}

const stateText = z.string().regex(/^(?:[\w-]{2}|[\w-]{23})$/);

function fromPagingState(state: string): string | undefined {
  const bytes = Buffer.from(stateText.safeParse(state).data ?? '', 'base64url');
  if (bytes.at(0) !== stateVersion)
    throw new ApiError(badRequest, { message: 'Error in $.paging_state: not a paging state' });
  if (bytes.length < stateBytes) return undefined;
  const hex = bytes.subarray(1).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What of the conversations that a user asks for they can see. */
export interface Listed {
  readonly found: ConversationView[];
  readonly notFound: QualifiedId[];
  /** Of other backends, which are not reached. */
  readonly failed: QualifiedId[];
}

/** The conversations so named, each once. */
export async function listConversations(
  { store, domain }: GalleyTools,
  user: string,
  wanted: readonly QualifiedId[],
): Promise<Listed> {
  const failed = wanted.filter((id) => id.domain !== domain);
  const local = wanted.filter((id) => id.domain === domain).map(({ id }) => id);
  const ids = [...new Set(local)];
  const listed: Listed = { found: [], notFound: [], failed };
  for (let at = 0; at < ids.length; at += readsAtOnce) {
    const some = ids.slice(at, at + readsAtOnce);
    const read = await Promise.all(some.map(async (id) => ({ id, stored: await store.find(id) })));
    for (const { id, stored } of read) {
      const view = stored === undefined ? undefined : viewOf(stored, { user, domain });
      if (view === undefined) listed.notFound.push({ domain, id });
      else listed.found.push(view);
    }
  }
  return listed;
}
