import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { startLoopbackServer } from '../loopback-server.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { handleInbox } from './inbox-routes.ts';

export interface InboxOptions {
  /** Port that takes mail; 0: any. */
  readonly smtpPort: number;
  /** Port of the page and of its JSON; 0: any. */
  readonly httpPort: number;
  /** Longest mail that is taken. Default: 25 MB. */
  readonly maxBytes?: number;
}

export interface RunningInbox {
  readonly url: string;
  readonly smtpPort: number;
  readonly mailbox: Mailbox;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const DEFAULT_MAX_BYTES = 25_000_000;

/** Takes any mail over SMTP on loopback, delivers none of it, and shows it on a page and as JSON. */
export async function startInbox({ smtpPort, httpPort, maxBytes = DEFAULT_MAX_BYTES }: InboxOptions): Promise<RunningInbox> {
  const mailbox = createMailbox();
  const keep = async (source: Buffer, envelope: Parameters<Mailbox['add']>[1], done: (error?: Error) => void) => {
    const problem = await mailbox.add(source, envelope).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    done(problem);
  };
  const smtp = new SMTPServer({
    banner: 'mock inbox, nothing leaves it',
    authOptional: true,
    allowInsecureAuth: true,
    // Whoever wants to sign in may: it is a test of their settings, and nothing is kept behind it.
    onAuth: ({ username }, _session, done) => done(null, { user: username ?? 'anybody' }),
    disabledCommands: ['STARTTLS'],
    size: maxBytes,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      // A message that is too long is read to its end and then refused, as SMTP wants it.
      stream.on('data', (chunk: Buffer) => stream.sizeExceeded || chunks.push(chunk));
      stream.once('error', done);
      stream.once('end', () => {
        if (stream.sizeExceeded) return done(Object.assign(new Error('message exceeds fixed maximum message size'), { responseCode: 552 }));
        const { mailFrom, rcptTo } = session.envelope;
        const envelope = { from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address) };
        void keep(Buffer.concat(chunks), envelope, done);
      });
    },
  });
  // A client that breaks off is its own affair.
  smtp.on('error', () => undefined);
  smtp.listen(smtpPort, HOST);
  await once(smtp.server, 'listening');
  const address = smtp.server.address();
  const web = await startLoopbackServer(httpPort, (request, response) => handleInbox(mailbox, request, response));
  return {
    url: web.url,
    smtpPort: typeof address === 'object' && address !== null ? address.port : smtpPort,
    mailbox,
    async stop() {
      await Promise.all([web.stop(), new Promise<void>((resolve) => smtp.close(() => resolve()))]);
    },
  };
}
