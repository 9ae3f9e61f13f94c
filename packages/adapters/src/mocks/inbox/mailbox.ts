import PostalMime, { type Email } from 'postal-mime';

/** A mail as the page and the JSON show it. */
export interface Mail {
  readonly id: number;
  readonly receivedAt: string;
  /** Who sent it and who was to get it, as SMTP said. */
  readonly envelope: Envelope;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Null when it has none. */
  readonly html: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: number }[];
  /** The whole message as it came. */
  readonly source: Buffer;
}

interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

export interface Mailbox {
  add(source: Buffer, envelope: Envelope): Promise<void>;
  /** The newest first. */
  list(): readonly Mail[];
  find(id: number): Mail | null;
  clear(): void;
}

/** What is kept; older mail makes room. */
const MAX_MAILS = 200;
const MAX_BYTES = 100_000_000;

/** Keeps the latest mail in memory. */
export function createMailbox(): Mailbox {
  let mails: readonly Mail[] = [];
  let count = 0;
  return {
    async add(source, envelope) {
      const email = await PostalMime.parse(source);
      count += 1;
      mails = keep([toMail(count, { source, envelope, email }), ...mails]);
    },
    list: () => mails,
    find: (id) => mails.find((mail) => mail.id === id) ?? null,
    clear: () => void (mails = []),
  };
}

function keep(mails: readonly Mail[]): readonly Mail[] {
  let bytes = 0;
  return mails.slice(0, MAX_MAILS).filter(({ source }, index) => {
    bytes += source.length;
    return index === 0 || bytes <= MAX_BYTES;
  });
}

interface Parsed {
  readonly source: Buffer;
  readonly envelope: Envelope;
  readonly email: Email;
}

function toMail(id: number, { source, envelope, email }: Parsed): Mail {
  return {
    id,
    receivedAt: new Date().toISOString(),
    envelope,
    from: email.from?.address ?? envelope.from,
    to: (email.to ?? []).map(({ address }) => address ?? '').join(', ') || envelope.to.join(', '),
    subject: email.subject ?? '',
    text: email.text ?? '',
    html: email.html ?? null,
    headers: email.headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
    attachments: email.attachments.map(({ filename, mimeType, content }) => ({
      name: filename ?? 'unnamed',
      type: mimeType,
      bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength,
    })),
    source,
  };
}
