import { describe, expect, it } from '@jest/globals';
import { serviceContracts, serviceIds } from '../../../../server/contract/services.js';

describe('the contract of the services', () => {
  it('names every service once', () => {
    expect(serviceContracts.map(({ id }) => id).sort()).toEqual([...serviceIds].sort());
  });

  it('has an order: no service waits for itself through others', () => {
    const started = new Set<string>();
    const waiting = new Set(serviceContracts);
    for (let before = -1; before !== started.size;) {
      before = started.size;
      for (const service of waiting) {
        if (!service.after.every((id) => started.has(id))) continue;
        started.add(service.id);
        waiting.delete(service);
      }
    }
    expect([...waiting]).toEqual([]);
  });
});
