import type { HttpAnswer } from '../http.ts';
import { PROTECTION_PATH } from '../protection/serve.ts';
import { rulesetName } from '../rest/rules.ts';
import type { ProtectionRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

/** The page of a branch's protection, with the command that changes it. */
export function rulesPage(world: SandboxWorld, protection: ProtectionRow): HttpAnswer {
  const { branch, approvals, checks, bypass } = protection;
  const name = rulesetName(protection);
  const none = JSON.stringify({ branch }).replaceAll("'", "'\\''"); // quoted for the shell
  return page(
    world,
    name,
    html`<h1>${name}</h1>
<p>A pull request is merged into <code>${branch}</code> when it has what is asked for here.</p>
<table class="facts">${approvals > 0 && html`<tr><th>Approvals</th><td>${approvals} (the sandbox has no way to approve)</td></tr>`}
${checks.length > 0 && html`<tr><th>Checks</th><td>${checks.map((check) => html`<code>${check}</code> `)}</td></tr>`}
<tr><th>May bypass</th><td>admin${bypass.map((login) => html`, ${login}`)}</td></tr></table>
<p>This takes it away:</p>
<pre class="wrap">curl -X PUT -H 'authorization: Bearer admin-token' ${world.url}${PROTECTION_PATH} -d '${none}'</pre>`,
  );
}
