import { ApiError } from '../../http/api-error.js';
import type { BodyOf, CallContext, Identity } from '../../http/endpoint.js';
import { clientRemovedEndpoint, consumableEndpoint } from '../../internal-api/gundeck.js';
import type { BrigTools } from './brig-tools.js';
import { clientIdOf, clientJson, type Client } from './clients.js';
import type { postClients, putClient } from './endpoints/clients.js';
import {
  capabilitiesOnlyGrow,
  clientNotFound,
  duplicateMlsKey,
  malformedPrekeys,
  missingAuth,
  tooManyClients,
} from './errors.js';
import { reauthenticate } from './login.js';
import { prekeyIdOf } from './prekey-format.js';
import { lastResortId, type Prekey } from './prekeys.js';

/** Source: backend-api 3.5. */
const maxPermanent = 7;
const consumable = 'consumable-notifications';

/** Registers a client of the user; one with the same id takes its place, a temporary one that of the last. */
export async function addClient(
  tools: BrigTools,
  {
    wanted,
    identity,
  }: { readonly wanted: BodyOf<typeof postClients>; readonly identity: Identity },
  context: CallContext,
): Promise<Client> {
  const { user } = identity;
  const prekeys = checked([...wanted.prekeys, wanted.lastkey]);
  if (wanted.lastkey.id !== lastResortId) throw new ApiError(malformedPrekeys);
  await reauthenticateForClient(tools, user, wanted);
  const client = newClient(wanted, tools.clock.nowMs());
  const { removed } = await tools.clients.change(user, (clients) => place(clients, client));
  for (const old of removed) await forgetClient(tools, { user, client: old }, context);
  await tools.prekeys.removeAll(user, client.id);
  await tools.prekeys.put(user, client.id, prekeys);
  if (client.capabilities.includes(consumable))
    await tools.gundeck.call(consumableEndpoint, { params: { user, client: client.id } }, context);
  // Clients ask for their last notification right after this, so that it has to be stored by then.
  const event = { type: 'user.client-add', client: clientJson(client) };
  await tools.events.tell([user], event, context, identity);
  return client;
}

/** Changes what is said of a client, and adds prekeys to it. */
export async function updateClient(
  tools: BrigTools,
  { user, client: id }: ClientOf,
  change: BodyOf<typeof putClient>,
  context: CallContext,
): Promise<void> {
  const prekeys = checked([
    ...change.prekeys,
    ...(change.lastkey === undefined ? [] : [change.lastkey]),
  ]);
  const { put, was } = await tools.clients.change(user, (clients) => {
    const old = clients.find((client) => client.id === id);
    if (old === undefined) throw new ApiError(clientNotFound);
    return { put: changed(old, change), was: old };
  });
  await tools.prekeys.put(user, id, prekeys);
  const isNowConsumable =
    put.capabilities.includes(consumable) && !was.capabilities.includes(consumable);
  if (isNowConsumable)
    await tools.gundeck.call(consumableEndpoint, { params: { user, client: id } }, context);
}

/** Removes a client of the user, and everything that belonged to it. */
export async function removeClient(
  tools: BrigTools,
  { identity, client: id }: { readonly identity: Identity; readonly client: string },
  context: CallContext,
): Promise<void> {
  const { user } = identity;
  const { old } = await tools.clients.change(user, (clients) => {
    const old = clients.find((client) => client.id === id);
    if (old === undefined) throw new ApiError(clientNotFound);
    return { old, remove: [id] };
  });
  await forgetClient(tools, { user, client: old }, context);
}

export interface ClientOf {
  readonly user: string;
  readonly client: string;
}

/** The password counts where another client of the same type exists. */
async function reauthenticateForClient(
  tools: BrigTools,
  user: string,
  wanted: BodyOf<typeof postClients>,
): Promise<void> {
  const id = clientIdOf(wanted.lastkey.key);
  const others = (await tools.clients.list(user)).filter((client) => client.id !== id);
  if (!others.some(({ type }) => type === wanted.type)) return;
  if (wanted.password === undefined) throw new ApiError(missingAuth);
  await reauthenticate(tools, user, wanted.password);
}

function checked(prekeys: readonly Prekey[]): readonly Prekey[] {
  for (const { id, key } of prekeys)
    if (prekeyIdOf(key) !== id) throw new ApiError(malformedPrekeys);
  return prekeys;
}

function newClient(wanted: BodyOf<typeof postClients>, nowMs: number): Client {
  return {
    id: clientIdOf(wanted.lastkey.key),
    type: wanted.type,
    class: wanted.class,
    label: wanted.label,
    model: wanted.model,
    cookie: wanted.cookie,
    capabilities: [...new Set(wanted.capabilities)].sort(),
    mls_public_keys: { ...wanted.mls_public_keys },
    created_at: nowMs,
    last_active: undefined,
  };
}

function place(clients: readonly Client[], client: Client) {
  const others = clients.filter(({ id }) => id !== client.id);
  const same = others.filter(({ type }) => type === client.type);
  if (client.type === 'permanent' && same.length >= maxPermanent)
    throw new ApiError(tooManyClients);
  const removed = client.type === 'temporary' ? same : [];
  return { put: client, removed, remove: removed.map(({ id }) => id) };
}

function changed(old: Client, change: BodyOf<typeof putClient>): Client {
  const { capabilities, label, mls_public_keys } = change;
  const kept = capabilities ?? old.capabilities;
  if (!old.capabilities.every((had) => kept.some((has) => has === had)))
    throw new ApiError(capabilitiesOnlyGrow);
  for (const [scheme, key] of Object.entries(mls_public_keys)) {
    const before = old.mls_public_keys[scheme];
    if (before !== undefined && before !== key) throw new ApiError(duplicateMlsKey);
  }
  return {
    ...old,
    label: label ?? old.label,
    capabilities: [...new Set(kept)].sort(),
    mls_public_keys: { ...old.mls_public_keys, ...mls_public_keys },
  };
}

interface Forgetting {
  readonly user: string;
  readonly client: Client;
}

/** What is left of a client that is no longer in the list. */
async function forgetClient(
  tools: BrigTools,
  { user, client }: Forgetting,
  context: CallContext,
): Promise<void> {
  const params = { user, client: client.id };
  await tools.prekeys.removeAll(user, client.id);
  await tools.cookies.removeWhere(
    user,
    (cookie) =>
      cookie.client === client.id ||
      (client.cookie !== undefined && cookie.label === client.cookie),
  );
  await tools.gundeck.call(clientRemovedEndpoint, { params }, context);
  const event = { type: 'user.client-remove', client: { id: client.id } };
  await tools.events.tell([user], event, context);
}
