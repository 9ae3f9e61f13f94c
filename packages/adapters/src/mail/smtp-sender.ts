import type { MailSender } from '@supastor/core/mail/mail.port';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS is used where the server offers it. */
  readonly secure: boolean;
  /** Null: the server takes mail without a login. */
  readonly user: string | null;
  readonly password: string | null;
  /** Address mails come from. */
  readonly from: string;
}

const TIMEOUT_MS = 10_000;

/** Sends mail over SMTP, a connection for each. */
export function createSmtpSender({ host, port, secure, user, password, from }: SmtpOptions): MailSender {
  return {
    async send({ to, subject, text }) {
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        host,
        port,
        secure,
        // A password goes over an encrypted connection or not at all.
        requireTLS: user !== null && !secure,
        ...(user !== null && { auth: { user, pass: password ?? '' } }),
        connectionTimeout: TIMEOUT_MS,
        greetingTimeout: TIMEOUT_MS,
        socketTimeout: TIMEOUT_MS,
      });
      try {
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
      } finally {
        transport.close();
      }
    },
  };
}
