import type { ApiError, HttpAnswer } from '../http.ts';
import type { SandboxWorld } from '../world.ts';
import { type Html, html, trusted } from './html.ts';

const style = trusted(`
  :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 0 1rem 4rem; }
  header { border-bottom: 1px solid var(--line); padding: .6rem 0; margin-bottom: 1.5rem; }
  nav a { margin-right: 1rem; }
  a { color: #0969da; } h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
  table { border-collapse: collapse; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top; }
  textarea { box-sizing: border-box; width: 100%; font: 13px/1.45 ui-monospace, monospace; padding: .6rem; display: block; }
  textarea, select, button { color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; }
  select, button { font: inherit; padding: .25rem .8rem; margin: .6rem .4rem .6rem 0; }
  option { color: CanvasText; background: Canvas; }
  button { color: #fff; background: #1a7f37; cursor: pointer; }
  .problem { border-left: 3px solid #cf222e; padding: .4rem .8rem; background: #cf222e1a; }
  .facts th { color: #777; font-weight: normal; white-space: nowrap; } .facts td, .facts th { padding-bottom: .1rem; padding-top: .1rem; }
  summary { cursor: pointer; margin: .4rem 0; }
  :target { scroll-margin-top: 1rem; } .card:target { border-color: #0969da; }
  .list { width: 100%; } .list .wide { width: 100%; } .list td, .list th { border-bottom: 1px solid var(--line); }
  .card { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; overflow: hidden; }
  .card > .top { background: var(--soft); border-bottom: 1px solid var(--line); padding: .4rem .8rem; }
  .card > .inside { padding: .2rem .8rem; overflow-x: auto; }
  .quiet { color: #777; } .empty { color: #777; font-style: italic; }
  code, pre { font: 13px/1.45 ui-monospace, monospace; } pre { overflow-x: auto; padding: .6rem; background: var(--soft); }
  h1 code, h2 code { font-size: .9em; } .card > pre { margin: 0; }
  .wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
  .add { background: #2da44e33; } .del { background: #cf222e33; } .hunk { color: #8250df; }
  .markdown td, .markdown th { border: 1px solid var(--line); padding: .2rem .6rem; }
  .state { border-radius: 1em; padding: .05rem .6rem; color: #fff; background: #6e7781; white-space: nowrap; }
  .open, .success, .ready { background: #1a7f37; } .merged { background: #8250df; }
  .closed, .failure, .timed_out, .not_ready { background: #cf222e; } .in_progress, .queued, .action_required, .starting, .suspended { background: #9a6700; }
  .annotation { border-left: 3px solid #9a6700; padding-left: .8rem; margin: .8rem 0; } .annotation.failure { border-color: #cf222e; background: none; }
`);

// No page needs a script, and people's text must not add one. Frames are forbidden: another site could hide the page in one.
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src http: https:',
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Builds a complete page. */
export function page(world: SandboxWorld, title: string, content: Html, status = 200): HttpAnswer {
  const document = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>
<body>
<header><nav><a href="/"><strong>Coalmine sandbox</strong></a> <a href="${pathTo(world, 'commits/gitops')}">gitops</a> <a href="/cluster">Cluster</a></nav> <span class="quiet">a local stand-in, to try and test; this is not GitHub, and no data leaves this machine</span></header>
<main>${content}</main>
</body>
</html>
`;
  return {
    status,
    raw: document.html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    },
  };
}

/** The path of a page of the repository. */
export function pathTo({ repository }: SandboxWorld, below: string): string {
  return `/${repository.owner}/${repository.name}/${below}`;
}

/** The page for an unknown address. */
export function notFoundPage(world: SandboxWorld, path: string): HttpAnswer {
  const content = html`<h1>Page not found</h1>
<p>The sandbox has no page <code>${path}</code>. It has pages for pull requests, branches, commits, files, check runs and the cluster.</p>
<p><a href="/">All pull requests</a></p>`;
  return page(world, 'Not found', content, 404);
}

/** The page for a refused form, with the reason and a link back. */
export function refusedPage(world: SandboxWorld, { status, message }: ApiError, back: string): HttpAnswer {
  const content = html`<h1>Refused</h1>
<p class="problem" role="alert">${message}</p>
<p><a href="${back}">Back</a></p>`;
  return page(world, 'Refused', content, status);
}

/** Renders the name of a state in its colour. */
export function badge(state: string): Html {
  return html`<span class="state ${state}">${state.replaceAll('_', ' ')}</span>`;
}

/** Renders a time, with its machine-readable form. */
export function time(text: string): Html {
  return html`<time datetime="${text}">${text.replace('T', ' ').replace('Z', ' UTC')}</time>`;
}

/** Renders the text of an empty list. */
export function empty(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}
