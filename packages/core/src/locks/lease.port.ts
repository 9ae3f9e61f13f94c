/** Named locks that end by themselves, shared by all servers. */
export interface LeaseStore {
  /** Takes the lock unless somebody else holds it and has not outlived it. */
  acquire(name: string, owner: string, ttlMs: number): Promise<boolean>;
  /** Gives back what `owner` still holds. */
  release(name: string, owner: string): Promise<void>;
}
