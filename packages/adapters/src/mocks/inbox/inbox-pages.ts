import { type Html, html } from '../page.ts';
import type { Mail } from './mailbox.ts';

/** All mail, the newest first. */
export function listPage(mails: readonly Mail[]): Html {
  if (mails.length === 0) {
    return html`<h1>Inbox</h1>
      <p>No mail yet. Whatever is sent here by SMTP shows up on this page, and goes nowhere else.</p>`;
  }
  return html`<h1>Inbox (${mails.length})</h1>
    <form method="post" action="/clear"><button>Delete all</button></form>
    <table>
      <thead>
        <tr>
          <th>Subject</th>
          <th>To</th>
          <th>From</th>
          <th>Received</th>
        </tr>
      </thead>
      <tbody>
        ${mails.map(
          (mail) =>
            html`<tr>
              <td><a href="/messages/${mail.id}">${mail.subject || '(no subject)'}</a></td>
              <td>${mail.to}</td>
              <td>${mail.from}</td>
              <td>${mail.receivedAt}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

/** One mail: links in its text can be followed, as in a mail program. */
export function mailPage(mail: Mail): Html {
  const files = mail.attachments.map(({ name, type, bytes }) => `${name} (${type}, ${bytes} bytes)`).join(', ');
  return html`<p><a href="/">All mail</a></p>
    <h1>${mail.subject || '(no subject)'}</h1>
    <table>
      <tbody>
        <tr>
          <th scope="row">From</th>
          <td>${mail.from}</td>
        </tr>
        <tr>
          <th scope="row">To</th>
          <td>${mail.to}</td>
        </tr>
        <tr>
          <th scope="row">Received</th>
          <td>${mail.receivedAt}</td>
        </tr>
        ${
          files === ''
            ? null
            : html`<tr>
                <th scope="row">Attachments</th>
                <td>${files}</td>
              </tr>`
        }
      </tbody>
    </table>
    ${
      mail.html === null
        ? null
        : html`<h2>HTML</h2>
            <iframe title="The mail as HTML" sandbox src="/messages/${mail.id}/html"></iframe>`
    }
    <h2>Text</h2>
    <pre>${linked(mail.text)}</pre>
    <p><a href="/messages/${mail.id}/source">Source</a></p>`;
}

const LINK = /(https?:\/\/[^\s<>"]+)/;

/** The text with its web addresses as links. */
function linked(text: string): Html[] {
  return text.split(LINK).map((piece) => (LINK.test(piece) ? html`<a href="${piece}">${piece}</a>` : html`${piece}`));
}
