import type { ChannelName } from '@supastor/contract/wire/alert';
import type { Message } from './notice-text.ts';

/** A way to reach people. */
export interface Channel {
  readonly name: ChannelName;
  /** Resolves once the other side has taken it. @throws Error that says in words why not, and holds no secret */
  send(message: Message, signal: AbortSignal): Promise<void>;
}
