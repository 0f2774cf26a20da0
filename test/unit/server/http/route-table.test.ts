import { describe, expect, it } from '@jest/globals';
import { endpoint } from '../../../../server/http/endpoint.js';
import { empty } from '../../../../server/http/payload.js';
import { route, type Route } from '../../../../server/http/route.js';
import { RouteTable } from '../../../../server/http/route-table.js';

function at(method: 'get' | 'post', path: string): Route {
  const spec = endpoint({ method, path, summary: '', auth: 'open', replies: { 200: empty() } });
  return route(spec, () => ({ status: 200 }));
}

const table = new RouteTable([
  at('get', '/users/:domain/:usr'),
  at('post', '/users/list-clients'),
  at('get', '/users/:domain/:usr/clients'),
  at('get', '/users/fixed/:usr/prekeys'),
]);

function found(method: string, path: string): unknown {
  const result = table.find(path, method);
  return typeof result === 'object' ? [result.route.spec.path, result.params] : result;
}

describe('the table of routes', () => {
  it('names the parameters of a path, decoded', () => {
    expect(found('get', '/users/a%20b/c')).toEqual([
      '/users/:domain/:usr',
      { domain: 'a b', usr: 'c' },
    ]);
  });

  it('takes a word that is spelled out before a parameter, and turns back where that leads nowhere', () => {
    expect(found('get', '/users/fixed/1/prekeys')).toEqual([
      '/users/fixed/:usr/prekeys',
      { usr: '1' },
    ]);
    expect(found('get', '/users/fixed/1/clients')).toEqual([
      '/users/:domain/:usr/clients',
      { domain: 'fixed', usr: '1' },
    ]);
  });

  it.each([
    ['get', '/users/list-clients', 'method'],
    ['get', '/users', undefined],
    ['get', '/users/a/b/', undefined],
    ['get', '/users//b', undefined],
    ['get', '/users/%E0%A4%A/b', undefined],
    ['get', '/', undefined],
    ['get', '', undefined],
  ])('finds nothing for %s %s', (method, path, expected) => {
    expect(found(method, path)).toBe(expected);
  });

  it('refuses two routes with one path', () => {
    expect(() => new RouteTable([at('get', '/a/:x'), at('get', '/a/:y')])).toThrow(/two routes/);
  });
});
