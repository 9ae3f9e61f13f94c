import { type ErrorCode, SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { Setting, SettingChange, SettingCheck, SettingList } from '@supastor/contract/wire/setting';
import { z } from 'zod';
import type { LoadedConfig } from '../config/source.ts';
import { buildDesiredStack } from '../stack/desired.ts';
import type { Listener } from '../stack/service-spec.ts';
import { linkedListeners } from '../stack/references.ts';
import { stableJson } from '../stack/spec-hash.ts';
import { describeSetting, describeSettings, findField } from './describe-setting.ts';
import { diffLines } from './diff-lines.ts';
import type { SettingsFile, SettingsText } from './settings-file.port.ts';
import { valueOf } from './setting-value.ts';

/** Why a server has no configuration file. */
export const NO_FILE =
  'This server was not started from a project on this machine: its configuration is where `supastor up` or `supastor deploy` was run.';

interface Wanted {
  readonly path: string;
  /** As text; undefined: taken out of the file. */
  readonly value: string | undefined;
  /** State the file must be in. */
  readonly revision?: string | undefined;
}

/** The configuration of this installation: what is in force, and changes of the file. */
export interface Settings {
  list(signal: AbortSignal): Promise<SettingList>;
  /** @throws SJ_NOT_FOUND, SJ_UNAVAILABLE without a file */
  get(path: string, signal: AbortSignal): Promise<Setting>;
  /** Whether a change would be made, and what it would do. @throws SJ_NOT_FOUND */
  check(wanted: Wanted, signal: AbortSignal): Promise<SettingCheck>;
  /**
   * Changes the file when all of it is valid afterwards, else nothing.
   * @throws SJ_NOT_FOUND, SJ_INPUT_INVALID, SJ_CONFIG_INVALID, SJ_CONFLICT when something stronger than the file decides, SJ_PRECONDITION_FAILED
   */
  change(wanted: Wanted, signal: AbortSignal): Promise<SettingChange>;
}

/** @param file Null: this server has none */
export function createSettings(file: SettingsFile | null): Settings {
  let changing: Promise<unknown> = Promise.resolve();

  return {
    async list(signal) {
      if (file === null) return { environment: null, file: null, revision: null, readOnly: NO_FILE, settings: [] };
      const { text, revision, file: name } = await file.read(signal);
      const loaded = await file.resolve(text, signal);
      return { environment: loaded.environment, file: name, revision, readOnly: null, settings: describeSettings({ loaded, revision }) };
    },
    async get(path, signal) {
      const from = need(file);
      const { text, revision } = await from.read(signal);
      return describeSetting({ loaded: await from.resolve(text, signal), revision }, path);
    },
    async check(wanted, signal) {
      try {
        const planned = await planChange(need(file), wanted, signal);
        return { problem: null, change: answer(planned, wanted.path, planned.before.revision) };
      } catch (error) {
        return { problem: problemOf(error), change: null };
      }
    },
    async change(wanted, signal) {
      const from = need(file);
      const run = changing.then(async () => {
        const planned = await planChange(from, wanted, signal);
        await from.write(planned.before, planned.text, signal);
        const { revision }: SettingsText = await from.read(signal);
        return answer(planned, wanted.path, revision);
      });
      changing = run.catch(() => undefined);
      return run;
    },
  };
}

/** Works a change out, and whether all of it is valid afterwards. */
async function planChange(from: SettingsFile, { path, value, revision }: Wanted, signal: AbortSignal) {
  const field = findField(path);
  const before = await from.read(signal);
  if (revision !== undefined && revision !== before.revision) throw changedMeanwhile();
  const loaded = await from.resolve(before.text, signal);
  const setting = describeSetting({ loaded, revision: before.revision }, path);
  if (setting.locked !== null) throw locked(setting);
  if (value === undefined && !setting.inFile) throw notInFile(setting, loaded);
  const typed = value === undefined ? undefined : valueOf(field, value);
  const text = from.edit(before.text, { environment: loaded.environment, path, value: typed });
  const after = await from.resolve(text, signal);
  return { before, text, loaded, after };
}

type PlannedChange = Awaited<ReturnType<typeof planChange>>;

function answer({ before, text, loaded, after }: PlannedChange, path: string, revision: string): SettingChange {
  return {
    setting: describeSetting({ loaded: after, revision }, path),
    diff: diffLines(before.text, text),
    restarts: changedServices(loaded, after),
  };
}

/** Services whose process would see something else. */
function changedServices(before: LoadedConfig, after: LoadedConfig): ServiceName[] {
  const [old, next] = [launches(before), launches(after)];
  return [...new Set([...old.keys(), ...next.keys()])].filter((name) => old.get(name) !== next.get(name));
}

function launches({ config, environment }: LoadedConfig): ReadonlyMap<ServiceName, string> {
  const { services } = buildDesiredStack(config, environment);
  const listeners: ReadonlyMap<string, Listener> = new Map(
    services.flatMap(({ name, ports }): [string, Listener][] =>
      Object.entries(ports).map(([port, listener]) => [`${name}.${port}`, listener]),
    ),
  );
  return new Map(
    services.map((spec) => {
      const { name, ports, environment: variables, volumes, resources } = spec;
      const links = linkedListeners(spec).map((key) => listeners.get(key));
      return [name, stableJson({ ports, variables, volumes, resources, links })];
    }),
  );
}

const REFUSALS: readonly ErrorCode[] = ['SJ_INPUT_INVALID', 'SJ_CONFIG_INVALID', 'SJ_CONFLICT'];
const mistakesSchema = z.object({ mistakes: z.array(z.object({ path: z.string().nullable(), reason: z.string() })).min(1) });

/** Why a change is refused, in one line for each reason. Everything else goes on to the caller. */
function problemOf(error: unknown): string {
  if (!(error instanceof SupastorError) || !REFUSALS.includes(error.code)) throw error;
  const several = mistakesSchema.safeParse(error.meta);
  if (!several.success) return error.message;
  return several.data.mistakes.map(({ path, reason }) => (path === null ? reason : `${path}: ${reason}`)).join('\n');
}

function need(file: SettingsFile | null): SettingsFile {
  if (file !== null) return file;
  throw new SupastorError('SJ_CONFLICT', NO_FILE, { hint: 'Change supastor.config.yaml there, and run the command again.' });
}

function locked({ path, locked: reason, secret }: Setting): SupastorError {
  return new SupastorError('SJ_CONFLICT', `${path} cannot be changed here. ${reason ?? ''}`, {
    hint: secret ? 'Edit .env on the server and run supastor up.' : 'Run supastor up without it, then set it here.',
  });
}

function notInFile({ path, source }: Setting, { environment }: LoadedConfig): SupastorError {
  return new SupastorError('SJ_CONFLICT', `${path} is not set in environment ${environment} of the file; nothing was changed.`, {
    hint: source.kind === 'default' ? 'It has its default value.' : `It comes from ${source.file ?? source.name ?? source.kind}.`,
  });
}

function changedMeanwhile(): SupastorError {
  return new SupastorError('SJ_PRECONDITION_FAILED', 'The configuration file has changed since it was read; nothing was changed.', {
    hint: 'Read the settings again (GET /api/v1/settings), and send the new revision.',
  });
}
