import { createServer, type Server } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, hexOf } from '../../cli/digest.js';
import { busyboxLayer, makeImage } from '../helpers/image.js';
import { startRegistry } from '../helpers/registry.js';

/** A registry and a file server on loopback: package registries have neither images nor plain files. */
export interface DemoOrigin {
  /** The reference that the image has on the island. */
  readonly image: string;
  /** wire-offline.yaml for the demo: where images come from. */
  readonly settings: string;
  /** The components that come from here, as a recipe to include. */
  recipe(): string;
  /** Serves another version of the file from now on. */
  publish(version: string): void;
  stop(): Promise<void>;
}

const image = 'registry.example/demo/busybox:1.35';

/** Starts both, with an image of Debian's busybox in the registry. */
export async function startDemoOrigin(folder: string): Promise<DemoOrigin> {
  await mkdir(join(folder, 'registry'));
  const registry = await startRegistry({ folder: join(folder, 'registry') });
  const busybox = makeImage([await busyboxLayer()]);
  await registry.push(busybox, { repository: 'demo/busybox', tag: '1.35' });
  let version = '1.0.0';
  const notice = (): string => `Notice to operators, version ${version}\n`;
  const server = createServer((_request, response) => response.end(notice()));
  const port = await listen(server);
  return {
    image,
    settings: `mirrors:\n  oci: ['${registry.url}']\n`,
    recipe: () => `${recipeHead}
  - name: busybox
    kind: oci
    image: ${image}
  - name: notice
    kind: http
    url: http://127.0.0.1:${String(port)}/notice.txt
    sha256: ${hexOf(digestOf(notice()))}
    version: ${version}
`,
    publish: (next) => {
      version = next;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await registry.stop();
    },
  };
}

const recipeHead = `apiVersion: wire-offline/v1
kind: Recipe
components:`;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port to listen on');
  return address.port;
}
