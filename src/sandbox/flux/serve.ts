import type { IncomingMessage } from 'node:http';
import { authenticate } from '../auth.ts';
import { ApiError, type HttpAnswer, parseBody, readBody } from '../http.ts';
import type { SandboxWorld } from '../world.ts';

/** Path that shows and changes the sandbox's Flux; not part of GitHub. */
export const FLUX_CONTROL_PATH = '/sandbox/flux';

const MAX_BODY_BYTES = 64 * 1024;

/**
 * `GET` shows each Kustomization's applied commit, its objects in the cluster, and Flux's behaviour. `POST`, with the
 * token of a user who may push, changes the behaviour: any members of `FluxBehavior` (behavior.ts).
 */
export async function serveFlux({ app, flux }: SandboxWorld, request: IncomingMessage): Promise<HttpAnswer> {
  if (request.method === 'POST') {
    const actor = authenticate(app, request.headers.authorization);
    const mayPush = actor?.permission === 'admin' || actor?.permission === 'write';
    if (!mayPush) throw new ApiError(401, 'To change Flux, send the token of a user who may push');
    await flux.configure(parseBody(await readBody(request, MAX_BODY_BYTES)));
  } else if (request.method !== 'GET') {
    return { status: 405, raw: 'Use GET to show Flux and POST to change it\n', headers: { allow: 'GET, POST' } };
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
