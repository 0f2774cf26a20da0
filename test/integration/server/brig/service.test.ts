import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestBrig } from '../../../helpers/server/brig.js';
import type { TestService } from '../../../helpers/server/service.js';

describe('a service of the backend', () => {
  let brig: TestService;
  beforeAll(async () => {
    brig = await startTestBrig();
  });
  afterAll(() => brig.stop());

  it('says which versions of the API it speaks', async () => {
    const response = await fetch(`${brig.url}/api-version`);
    expect(await response.json()).toEqual({
      supported: [8, 9, 10, 11, 12, 13, 14, 15],
      development: [],
      federation: false,
      domain: 'wire.example',
    });
  });

  it('is ready once its stores are', async () => {
    const response = await fetch(`${brig.url}/i/ready`);
    expect(await response.json()).toEqual({ ready: true, missing: [] });
  });

  it('measures itself for Prometheus', async () => {
    await fetch(`${brig.url}/v9/api-version`);
    const text = await (await fetch(`${brig.url}/i/metrics`)).text();
    expect(text).toContain('path="/api-version",status="200"');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it.each([
    ['/v7/api-version', 404, 'unsupported-version', 'Version v7 is not supported'],
    ['/v16/api-version', 404, 'unsupported-version', 'Version v16 is not supported'],
    ['/v8/i/status', 404, 'unsupported-version', 'Version v8 is not supported'],
    ['/nothing', 404, 'no-endpoint', 'The requested endpoint does not exist'],
  ])('answers %s with %i %s', async (path, status, label, message) => {
    const response = await fetch(`${brig.url}${path}`);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ code: status, label, message });
  });

  it('keeps the request id that the edge gave', async () => {
    const headers = { 'request-id': 'abc-1' };
    const response = await fetch(`${brig.url}/api-version`, { headers });
    expect(response.headers.get('request-id')).toBe('abc-1');
  });
});
