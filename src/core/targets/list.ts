import { gloo } from './gloo/target.ts';
import type { RenderTarget } from './target.ts';

/** The render targets: the first that serves a domain is its target, and the last is that of all other domains. */
export const TARGETS: readonly [...RenderTarget[], RenderTarget] = [gloo];
