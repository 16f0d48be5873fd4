import type { Answer } from '../http.ts';
import { type Html, html, trusted } from './html.ts';

const style = trusted(`
  :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 0 1rem 4rem; }
  header { border-bottom: 1px solid var(--line); padding: .6rem 0; margin-bottom: 1.5rem; }
  a { color: #0969da; } h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
  table { border-collapse: collapse; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top; }
  .list { width: 100%; } .list td, .list th { border-bottom: 1px solid var(--line); }
  .card { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; overflow: hidden; }
  .card > .top { background: var(--soft); border-bottom: 1px solid var(--line); padding: .4rem .8rem; }
  .card > .inside { padding: .2rem .8rem; overflow-x: auto; }
  .quiet { color: #777; } .empty { color: #777; font-style: italic; }
  code, pre { font: 13px/1.45 ui-monospace, monospace; } pre { overflow-x: auto; padding: .6rem; background: var(--soft); }
  .wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
  .add { background: #2da44e33; } .del { background: #cf222e33; } .hunk { color: #8250df; }
  .markdown td, .markdown th { border: 1px solid var(--line); padding: .2rem .6rem; }
  .state { border-radius: 1em; padding: .05rem .6rem; color: #fff; background: #6e7781; white-space: nowrap; }
  .open, .success, .ready { background: #1a7f37; } .merged { background: #8250df; }
  .closed, .failure, .timed_out, .not_ready { background: #cf222e; } .in_progress, .queued, .action_required, .starting, .suspended { background: #9a6700; }
  .annotation { border-left: 3px solid #9a6700; padding-left: .8rem; margin: .8rem 0; } .annotation.failure { border-color: #cf222e; background: none; }
`);

// No page needs a script, and what people write may bring none.
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src http: https:; form-action 'none'; base-uri 'none'";

/** A whole page. */
export function page(title: string, content: Html, status = 200): Answer {
  const document = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>
<body>
<header><a href="/"><strong>Coalmine sandbox</strong></a> <a href="/cluster">Cluster</a> <span class="quiet">a local stand-in for trying and testing; this is not GitHub, and nothing here leaves this machine</span></header>
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

/** What is shown for an address that nothing has. */
export function notFoundPage(path: string): Answer {
  const content = html`<h1>Nothing is here</h1>
<p>The sandbox has no page <code>${path}</code>. It shows pull requests, commits, files, check runs and the cluster, no more.</p>
<p><a href="/">All pull requests</a></p>`;
  return page('Not found', content, 404);
}

/** A word about a state, in its colour. */
export function badge(state: string): Html {
  return html`<span class="state ${state}">${state.replaceAll('_', ' ')}</span>`;
}

/** A time, with what the machine makes of it. */
export function time(text: string): Html {
  return html`<time datetime="${text}">${text.replace('T', ' ').replace('Z', ' UTC')}</time>`;
}

/** What is written where a list has nothing in it. */
export function empty(text: string): Html {
  return html`<p class="empty">${text}</p>`;
}
