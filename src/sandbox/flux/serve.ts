import type { IncomingMessage } from 'node:http';
import { authenticate } from '../auth.ts';
import { type Answer, ApiError, parseBody, readBody } from '../http.ts';
import type { World } from '../world.ts';

/** Where this Flux is asked and told: nothing of GitHub's. */
export const FLUX_TOLD_PATH = '/sandbox/flux';

const LARGEST = 64 * 1024;

/**
 * `GET`: what each Kustomization has applied, what the cluster holds of it, and what Flux was told. `POST`, with the
 * token of somebody who may push, tells it something: any members of `Told` (told.ts).
 */
export async function serveFlux({ app, flux }: World, request: IncomingMessage): Promise<Answer> {
  if (request.method === 'POST') {
    const actor = authenticate(app, request.headers.authorization);
    const mayPush = actor?.permission === 'admin' || actor?.permission === 'write';
    if (!mayPush) throw new ApiError(401, 'Flux is told something with the token of somebody who may push');
    await flux.tell(parseBody(await readBody(request, LARGEST)));
  } else if (request.method !== 'GET') {
    return { status: 405, raw: 'Flux is asked with GET and told with POST\n', headers: { allow: 'GET, POST' } };
  }
  const { seen, told, followed } = flux.state();
  const kustomizations = followed.map(({ namespace, name, uid, applied, objects, ready, checking, failure }) => ({
    name: `${namespace}/${name}`,
    uid,
    applied: applied?.commit ?? null,
    checking,
    failure,
    objects: Object.keys(objects).map((id) => ({
      id,
      ...(id.startsWith('Deployment/') ? { ready: ready[id] !== undefined } : {}),
    })),
  }));
  return { status: 200, body: { seen, told, kustomizations } };
}
