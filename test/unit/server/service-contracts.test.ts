import { describe, expect, it } from '@jest/globals';
import { serviceContracts } from '../../../server/contract/services.js';
import { brig } from '../../../server/services/brig/brig.js';
import { galley } from '../../../server/services/galley/galley.js';
import { cannon } from '../../../server/services/cannon/cannon.js';
import { gundeck } from '../../../server/services/gundeck/gundeck.js';

/** The services that have code. */
const services = [brig, galley, gundeck, cannon];

describe('the contract of a service', () => {
  it.each(services.map((service) => [service.contract.id, service] as const))(
    '%s names exactly the variables that its code reads',
    (_, { contract, configSchema }) => {
      const told = contract.environment.map(({ name }) => name);
      expect(Object.keys(configSchema.shape).sort()).toEqual([...told].sort());
    },
  );

  it('gives every service a port of its own', () => {
    const ports = serviceContracts.map(({ port }) => port);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('lists the secret of each identity', () => {
    for (const { identities, secrets } of serviceContracts)
      for (const { passwordSecret } of identities)
        expect(secrets.map(({ name }) => name)).toContain(passwordSecret);
  });
});
