import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';

// `npm run test:flux`: the proof with Flux itself. It needs a lab, so it is no part of `npm test`.
const NEEDED = `coalmine: the proof with Flux needs a lab: FLUX_LAB=DIR npm run test:flux
DIR holds three scripts:
  up.sh FOLDER     starts a Kubernetes API server, source-controller and kustomize-controller on 127.0.0.1, without
                   kubelet and controller-manager, with the CRDs of Flux and Gloo; leaves FOLDER/kubeconfig, and
                   FOLDER/env, which puts kubectl on the PATH; kustomize-controller posts its events to the address in
                   FLUX_LAB_EVENTS_ADDR
  down.sh FOLDER   ends them
  build.sh         is for you to run once: it builds what they start
`;

const lab = process.env.FLUX_LAB;
if (lab === undefined || !['up.sh', 'down.sh'].every((script) => existsSync(join(lab, script)))) {
  process.stderr.write(NEEDED);
  process.exitCode = 2;
} else {
  const vitest = await startVitest('test', process.argv.slice(2), {
    config: false,
    watch: false,
    root: join(import.meta.dirname, '../..'),
    include: ['test/flux/*.lab.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    bail: 1, // the story is told in order
    reporters: ['verbose'],
  });
  await vitest.close();
}
