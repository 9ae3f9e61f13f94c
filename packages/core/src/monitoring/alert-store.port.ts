import type { ChannelName } from '@supastor/contract/wire/alert';
import type { NoticeText } from './notice-text.ts';
import type { AlertChanges, StoredAlert, StoredSilence } from './alert-state.ts';

/** A notice that waits for one channel. */
export interface QueuedNotice {
  readonly id: string;
  readonly attempts: number;
  readonly createdMs: number;
  readonly text: NoticeText;
}

export interface NewNotice {
  readonly channel: ChannelName;
  readonly dueMs: number;
  readonly text: NoticeText;
}

export interface AlertDecision extends Pick<AlertChanges, 'save' | 'drop'> {
  readonly notices: readonly NewNotice[];
}

/** Alerts, silences and notices of all servers. */
export interface AlertStore {
  /** Newest first. */
  list(states: readonly StoredAlert['state'][], limit: number): Promise<readonly StoredAlert[]>;
  /** Stores what is decided about the open alerts, with the notices about it, all or nothing; one server at a time. */
  change(decide: (open: readonly StoredAlert[]) => AlertDecision): Promise<void>;
  /** Null: there is no such alert, or it is over. */
  acknowledge(id: string, by: string, note: string | null): Promise<StoredAlert | null>;
  /** Those in force. */
  silences(): Promise<readonly StoredSilence[]>;
  silence(silence: StoredSilence): Promise<void>;
  /** What it was; null: there is none. */
  unsilence(id: string): Promise<StoredSilence | null>;
  /** Takes on all notices of a channel that are due, for `leaseMs`; whoever dies with them loses them to the others. */
  claim(channel: ChannelName, leaseMs: number): Promise<readonly QueuedNotice[]>;
  /** They were sent, or given up. */
  settle(ids: readonly string[]): Promise<void>;
  postpone(ids: readonly string[], delayMs: number, error: string): Promise<void>;
  /** Removes what is long over. */
  prune(beforeMs: number): Promise<void>;
}
