import type { Policy, PolicyChange, SimulatedStep, StorageVerb } from '@supastor/contract/operations/policies';
import type { PolicyDefinition } from './policy-sql.ts';

/** One change of one policy; null before: it is new, null after: it goes. */
export interface WantedChange {
  readonly action: PolicyChange['action'];
  readonly before: Policy | null;
  readonly after: PolicyDefinition | null;
  /** E-mail of who wants it. */
  readonly by: string;
  /** The change that this one takes back. */
  readonly takesBack?: string;
}

/** Who is tried, and on what. */
export interface ProbeRequest {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly verb: StorageVerb;
  readonly bucket: string;
  readonly path: string;
  /** Target of `copy` and `move`. */
  readonly to: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What a policy's expression said about the row. */
export interface ProbedPolicy {
  readonly name: string;
  readonly permissive: boolean;
  readonly part: 'using' | 'check';
  readonly verdict: 'true' | 'false' | 'null' | 'error';
  readonly error: string | null;
}

/** One SQL command of the verb, and each policy that concerns the role. */
export interface ProbedCommand {
  readonly command: SimulatedStep['command'];
  readonly granted: boolean;
  readonly policies: readonly ProbedPolicy[];
}

export interface ProbeFacts {
  readonly bypassesByRole: boolean;
  readonly tableIsOpen: boolean;
  readonly bucketIsPublic: boolean;
  readonly objectExists: boolean;
  readonly commands: readonly ProbedCommand[];
  /** The verb as Postgres decided it. */
  readonly outcome: { readonly rows: number; readonly error: string | null };
}

/** Who is known to have to do with an object. */
export interface Acquaintances {
  readonly bucketIsPublic: boolean;
  readonly owner: string | null;
  /** Other owners of objects in the bucket. */
  readonly others: readonly string[];
}

/** Policies of schema `storage`, read and changed with the rights of the tables' owner. */
export interface PolicyStore {
  list(): Promise<readonly Policy[]>;
  /** Ids of all buckets. */
  listBuckets(): Promise<readonly string[]>;
  /**
   * Makes the change and remembers it, in one transaction; `dryRun` takes it back. Returns the policy as the database has it now.
   * @throws SJ_INPUT_INVALID when Postgres refuses the expression, SJ_CONFLICT when `before` is not what is there,
   * SJ_FORBIDDEN when this connection may not act as the owner
   */
  change(
    change: WantedChange,
    options: { readonly dryRun: boolean },
  ): Promise<{ readonly policy: Policy | null; readonly changeId: string }>;
  history(page: { readonly limit: number; readonly before: string | undefined }): Promise<readonly PolicyChange[]>;
  findChange(id: string): Promise<PolicyChange | null>;
  /**
   * Tries the verb in a transaction that is taken back.
   * @throws SJ_NOT_FOUND for an unknown role or bucket
   */
  probe(request: ProbeRequest): Promise<ProbeFacts>;
  acquaintances(bucket: string, path: string): Promise<Acquaintances>;
}
