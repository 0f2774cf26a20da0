import { timeText } from '../../../clock.js';
import { ApiError } from '../../../http/api-error.js';
import { route, type Route } from '../../../http/route.js';
import type { BrigTools } from '../brig-tools.js';
import type { Cookie } from '../cookies.js';
import {
  getCookies,
  postAccess,
  postCookiesRemove,
  postLogin,
  postLogout,
} from '../endpoints/session.js';
import { invalidCredentials } from '../errors.js';
import { authenticate, reauthenticate } from '../login.js';
import type { Proof, Session } from '../sessions.js';

/** Sessions: login, access tokens, logout, and the list of them. */
export function sessionRoutes(tools: BrigTools): readonly Route[] {
  const { sessions, cookies } = tools;
  return [
    route(postLogin, async ({ body, query }) => {
      if (body.email === undefined) throw new ApiError(invalidCredentials);
      const account = await authenticate(tools, { email: body.email, password: body.password });
      const type = query.persist === 'true' ? 'persistent' : 'session';
      return answer(await sessions.start(account.id, type, body.label));
    }),
    route(postAccess, async ({ headers, query }) =>
      answer(await sessions.renew(proofOf(headers), query.client_id)),
    ),
    route(postLogout, async ({ headers }) => {
      await sessions.end(proofOf(headers));
      const expired = 'zuid=; Path=/access; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly';
      return { status: 200, headers: { 'set-cookie': expired } };
    }),
    route(getCookies, async ({ identity, query }) => {
      const labels = query.labels?.split(',');
      const all = await cookies.list(identity.user);
      const meant = all.filter(({ label }) => labels?.includes(label ?? '') ?? true);
      return { status: 200, body: { cookies: meant.map(cookieJson) } };
    }),
    route(postCookiesRemove, async ({ identity, body }) => {
      await reauthenticate(tools, identity.user, body.password);
      const { ids, labels } = body;
      await cookies.removeWhere(
        identity.user,
        ({ id, label }) => ids.includes(Number(id)) || labels.includes(label ?? ''),
      );
      return { status: 200 };
    }),
  ];
}

function answer({ access, cookie }: Session) {
  const headers: Record<string, string> = cookie === undefined ? {} : { 'set-cookie': cookie };
  return { status: 200 as const, headers, body: access };
}

/** What a request shows: the cookie `zuid` and a bearer token. */
function proofOf(headers: ReadonlyMap<string, string>): Proof {
  const [, cookie] = /(?:^|;\s*)zuid=([^;\s]+)/.exec(headers.get('cookie') ?? '') ?? [];
  const [, bearer] = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  return { cookie, bearer };
}

function cookieJson(cookie: Cookie) {
  const { id, type, label, successor, created_at, expires_at } = cookie;
  return {
    id: Number(id),
    type,
    created: timeText(created_at),
    expires: timeText(expires_at),
    ...(label !== undefined && { label }),
    ...(successor !== undefined && { successor: Number(successor) }),
  };
}
