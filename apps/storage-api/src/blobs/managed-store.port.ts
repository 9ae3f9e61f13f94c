import type { Backend } from '../metadata/connection-lost.ts';
import type { BlobStore } from './blob-store.port.ts';

/** A version of which it is unknown whether a row refers to it. */
export interface Doubt {
  readonly version: string;
  /** Who may still commit the row. */
  readonly backend: Backend | null;
  /** On the clock of `performance.now()`. */
  readonly sinceMs: number;
}

/**
 * A byte store as one of the servers that share it sees it: with what is unfinished, its own and that of servers that died.
 * Requests know only {@link BlobStore}; the collector and the resolver of doubts know this.
 */
export interface ManagedStore extends BlobStore {
  /** Id under which this server's unfinished work is kept. */
  readonly instanceId: string;
  /** Versions in doubt of this server. Whoever decides one calls {@link resolve}. */
  doubts(): readonly Doubt[];
  /** Ends the doubt: the version is kept when a row refers to it, else removed. */
  resolve(version: string, isLive: boolean): Promise<void>;
  /** Ids of all servers that have, or had, unfinished work here. */
  listInstances(): Promise<readonly string[]>;
  /** Versions that a server had put in place, or was about to, without knowing yet whether their rows were committed. */
  listIntents(instanceId: string): Promise<readonly string[]>;
  /** Removes what a server that died had under way under `version`; no row refers to it and none will. */
  removeUnsettled(version: string): Promise<void>;
  /** Forgets all unfinished work of a server that is gone for good. */
  forgetInstance(instanceId: string): Promise<void>;
  /** Goes on under a new id, after this server was taken for dead. */
  adoptInstance(instanceId: string): Promise<void>;
  /** Removes what no crash of ours explains, as far as the store can tell by itself. Called in every round of collection. */
  tidy(): Promise<void>;
  /** Moves a version out of reach, to be restored or purged later; false when there is no such version. */
  quarantine(version: string): Promise<boolean>;
  /** Puts a version back from the quarantine, durably; false when it is not there. */
  restore(version: string): Promise<boolean>;
  /** Removes a version from the quarantine for good. */
  purge(version: string): Promise<void>;
  stop(): Promise<void>;
}
