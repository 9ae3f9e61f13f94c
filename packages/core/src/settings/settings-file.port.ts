import type { LoadedConfig } from '../config/source.ts';

/** The configuration file in one state. */
export interface SettingsText {
  /** Name shown to people. */
  readonly file: string;
  readonly text: string;
  /** Changes with every change of the text. */
  readonly revision: string;
}

/** The configuration file of the project that this server belongs to. */
export interface SettingsFile {
  /** @throws SJ_CONFIG_NOT_FOUND */
  readonly read: (signal: AbortSignal) => Promise<SettingsText>;
  /** What would be in force if the file held this text. @throws SJ_CONFIG_INVALID with every mistake */
  readonly resolve: (text: string, signal: AbortSignal) => Promise<LoadedConfig>;
  /**
   * The text with one value set, or taken out; everything else stays as it is written.
   * @throws SJ_CONFLICT when the value is written in a way that only people can change
   */
  readonly edit: (text: string, change: SettingEdit) => string;
  /** Replaces the file as a whole. @throws SJ_PRECONDITION_FAILED when it is not `before` any more */
  readonly write: (before: SettingsText, text: string, signal: AbortSignal) => Promise<void>;
}

export interface SettingEdit {
  readonly environment: string;
  readonly path: string;
  /** Undefined: taken out. */
  readonly value: unknown;
}
