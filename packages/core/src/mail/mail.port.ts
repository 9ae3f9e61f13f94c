export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

/** Sends mail. */
export interface MailSender {
  /** Resolves once a mail server has taken it. */
  send(mail: Mail): Promise<void>;
}
