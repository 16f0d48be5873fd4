import { gloo } from './gloo/target.ts';
import type { RenderTarget } from './target.ts';

/** The render targets that there are; the first is that of a domain that none serves. */
export const TARGETS: readonly [RenderTarget, ...RenderTarget[]] = [gloo];
