/** What is purged: an object, a bucket or everything; with `transforms`, only the pictures made from it. */
export interface PurgeTarget {
  readonly bucket?: string;
  readonly key?: string;
  readonly transforms: boolean;
}

/** Thrown by drivers. */
export class PurgeProblem extends Error {
  /** Whether another attempt may go better. */
  readonly mayPass: boolean;

  constructor(message: string, { mayPass, cause }: { readonly mayPass: boolean; readonly cause?: unknown }) {
    super(message, { cause });
    this.mayPass = mayPass;
  }
}

/** One kind of cache in front. */
export interface CdnDriver {
  /** Most targets of one order. */
  readonly maxTargets: number;
  /** Resolves once the cache has taken the order. Purging twice does no harm. @throws PurgeProblem, which holds no secret */
  purge(targets: readonly PurgeTarget[], signal: AbortSignal): Promise<void>;
  /** Headers of answers about an object, by which the cache finds them again; without: it goes by addresses. */
  headersFor?(bucket: string, key: string, isTransform: boolean): Readonly<Record<string, string>>;
}
