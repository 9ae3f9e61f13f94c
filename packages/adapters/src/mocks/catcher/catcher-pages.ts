import { type Html, html } from '../page.ts';
import type { Catch, CaughtRequest } from './catch.ts';
import type { SignatureVerdict } from './check-signature.ts';

const VERDICTS: Readonly<Record<SignatureVerdict, string>> = {
  valid: '✓ valid',
  wrong: '✗ wrong',
  absent: 'none',
  unchecked: 'not checked',
};

/** Everything that was caught, the newest first, and how the next requests are answered. */
export function listPage(caught: Catch): Html {
  const requests = caught.list();
  const { times, status } = caught.refusals;
  return html`<h1>Webhooks (${requests.length})</h1>
    <p class="muted">
      Whatever is sent to <code>/hooks</code> and below is kept and answered with
      ${times > 0 ? html`<strong>${status}</strong>, ${times} more times, then 204` : '204'}.
    </p>
    <form class="inline" method="post" action="/refuse">
      <label>Refuse the next <input name="times" type="number" min="0" max="1000" value="3" /></label>
      <label>with <input name="status" type="number" min="400" max="599" value="500" /></label>
      <button>Set</button>
    </form>
    ${requests.length === 0 ? html`<p>Nothing yet.</p>` : tableOf(requests)}`;
}

function tableOf(requests: readonly CaughtRequest[]): Html {
  return html`<form method="post" action="/clear">
      <p><button>Delete all</button></p>
    </form>
    <table>
      <thead>
        <tr>
          <th>Request</th>
          <th>Event</th>
          <th>Signature</th>
          <th>Answered</th>
          <th>Received</th>
        </tr>
      </thead>
      <tbody>
        ${requests.map(
          (request) =>
            html`<tr>
              <td><a href="/requests/${request.id}">${request.method} ${request.path}</a></td>
              <td>${String(request.headers['x-supastor-event'] ?? '')}</td>
              <td>${VERDICTS[request.signature]}</td>
              <td>${request.answered}</td>
              <td>${request.receivedAt}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

/** One request with its headers and its body, as JSON with line breaks when it is JSON. */
export function requestPage(request: CaughtRequest): Html {
  return html`<p><a href="/">All webhooks</a></p>
    <h1>${request.method} ${request.path}</h1>
    <p>Received ${request.receivedAt}, answered with ${request.answered}. Signature: ${VERDICTS[request.signature]}.</p>
    <h2>Body</h2>
    <pre>${readable(request.body)}</pre>
    <h2>Headers</h2>
    <table>
      <tbody>
        ${Object.entries(request.headers).map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${String(value)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
