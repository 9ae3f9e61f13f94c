import type { Config } from '@supastor/contract/config/schema';

/** Where a value can come from, lowest first. */
export const SOURCE_KINDS = ['default', 'dotenv', 'yaml', 'env', 'flag'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** One place a value was found. Lines and columns count from 1. */
export interface ConfigSource {
  readonly kind: SourceKind;
  /** Environment variable, flag, or environment block (`default`) that held the value; null for defaults. */
  readonly name: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

export interface ProvenanceEntry {
  readonly path: string;
  readonly secret: boolean;
  /** The value as shown to people: `***` for secrets, null when unset. */
  readonly shown: unknown;
  readonly source: ConfigSource;
  /** Weaker values that lost, strongest first. */
  readonly overrode: readonly { readonly shown: unknown; readonly source: ConfigSource }[];
}

/** Origin of every leaf, by dotted path, in the order of the schema. */
export type Provenance = ReadonlyMap<string, ProvenanceEntry>;

/** Something wrong (or, as a warning, suspicious) in one of the sources. */
export interface Mistake {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Dotted path of the field or block, when known. */
  readonly path: string | null;
  readonly reason: string;
  /** Nearest valid name, when one is close. */
  readonly suggestion: string | null;
  /** The offending line with a pointer below it; only where no secret can show. */
  readonly frame: string | null;
}

export interface FlagValue {
  readonly path: string;
  readonly value: unknown;
  /** As typed, `--set storage.port`. */
  readonly flag: string;
}

/** Result of resolving every source for one environment. `config` is frozen to its leaves. */
export interface ResolvedConfig {
  readonly environment: string;
  readonly config: Config;
  readonly provenance: Provenance;
  /** Suspicious but harmless findings. */
  readonly warnings: readonly Mistake[];
  /** Environments the file declares. */
  readonly environments: readonly string[];
}

/** A resolved configuration with the files it was read from (absolute paths). */
export interface LoadedConfig extends ResolvedConfig {
  readonly projectDir: string;
  readonly files: readonly string[];
  /** Names that supastor.config.yaml refers to as `${NAME}`. */
  readonly variables: readonly string[];
}
