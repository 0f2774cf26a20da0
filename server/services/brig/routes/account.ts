import { ApiError } from '../../../http/api-error.js';
import { route, type Route } from '../../../http/route.js';
import { activationCodeEndpoint } from '../../../internal-api/brig.js';
import { unauthorized } from '../../../http/common-errors.js';
import { activate, keyOf, mailCode } from '../activation.js';
import type { BrigTools } from '../brig-tools.js';
import { codeKey } from '../codes.js';
import {
  getActivate,
  getSelf,
  postActivate,
  postActivateSend,
  postRegister,
  putSelf,
} from '../endpoints/account.js';
import { invalidCode, keyExists } from '../errors.js';
import { toSelfProfile } from '../profile.js';
import { register } from '../register.js';

/** Accounts: making, activating, and what users see and change of their own. */
export function accountRoutes(tools: BrigTools): readonly Route[] {
  const { accounts, codes, sessions, config } = tools;
  const domain = config.WIRE_DOMAIN;
  return [
    route(postRegister, async ({ body, context }) => {
      const account = await register(tools, body, context);
      const { cookie = '' } = await sessions.start(account.id, 'persistent', body.label);
      const headers = { location: account.id, 'set-cookie': cookie };
      return { status: 201, headers, body: toSelfProfile(account, domain) };
    }),
    route(postActivateSend, async ({ body }) => {
      const account = await accounts.byEmail(body.email);
      if (account?.activated === true) throw new ApiError(keyExists);
      await mailCode(tools, body.email);
      return { status: 200 };
    }),
    route(postActivate, async ({ body, context }) => {
      const proof = { key: keyOf(body), code: body.code, isDryRun: body.dryrun };
      const activated = await activate(tools, proof, context);
      return activated === undefined ? { status: 204 } : { status: 200, body: activated };
    }),
    route(getActivate, async ({ query, context }) => {
      const activated = await activate(tools, { ...query, isDryRun: false }, context);
      return activated === undefined ? { status: 204 } : { status: 200, body: activated };
    }),
    route(getSelf, async ({ identity }) => {
      const account = await accounts.byId(identity.user);
      if (account === undefined) throw new ApiError(unauthorized);
      return { status: 200, body: toSelfProfile(account, domain) };
    }),
    route(putSelf, async ({ identity, body, context }) => {
      const account = await accounts.byId(identity.user);
      if (account === undefined) throw new ApiError(unauthorized);
      const { assets, ...rest } = body;
      const pictures = assets === undefined ? {} : { assets: JSON.stringify(assets) };
      const told = { ...account, ...defined(rest), ...pictures };
      await accounts.updateProfile(told);
      const user = { id: account.id, ...defined(body), sso_id_deleted: false };
      const contacts = await tools.connections.contacts(account.id);
      const event = { type: 'user.update', user };
      await tools.events.tell([account.id, ...contacts], event, context, identity);
      return { status: 200 };
    }),
    route(activationCodeEndpoint, async ({ query }) => {
      const code = await codes.peek(query.email);
      if (code === undefined) throw new ApiError(invalidCode);
      return { status: 200, body: { key: codeKey(query.email), code } };
    }),
  ];
}

/** The members that are said. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> };
function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
