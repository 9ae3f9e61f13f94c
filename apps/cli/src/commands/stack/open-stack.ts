import { tmpdir, userInfo } from 'node:os';
import { loadProjectConfig } from '@supastor/adapters/config-files/load-project-config';
import { createEmbeddedTarget, type EmbeddedTarget } from '@supastor/adapters/targets/embedded/embedded-target';
import { stackPaths } from '@supastor/adapters/targets/embedded/files/paths';
import { type Config, DEFAULT_ENVIRONMENT } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import { buildDesiredStack, type DesiredStack } from '@supastor/core/stack/desired';
import type { CliContext } from '../../context.ts';
import { locateInstallation } from './installation.ts';
import { inheritedEnvironment, SUPERVISOR_OPTIONS_NAME, type SupervisorProcessOptions } from './supervisor-options.ts';

export interface ModeFlags {
  readonly dev?: boolean;
  readonly prod?: boolean;
  readonly watch?: boolean;
}

/** A stack that is configured: what it should be and the target that can make it so. */
export interface ConfiguredStack {
  readonly config: Config;
  readonly environment: string;
  readonly desired: DesiredStack;
  readonly target: EmbeddedTarget;
}

/** Loads the configuration and opens its target. Changes nothing. @throws SJ_CONFIG_*, SJ_SECRETS_MISSING, SJ_TARGET_UNSUPPORTED */
export async function openStack(context: CliContext, flags: ModeFlags = {}): Promise<ConfiguredStack> {
  const { config, environment, warnings } = await loadConfig(context, flags);
  for (const { file, line, reason } of warnings)
    context.output.warn(`${file ?? 'environment'}${line === null ? '' : `:${line}`}: ${reason}`);
  if (config.project.target !== 'embedded') {
    throw new SupastorError('SJ_TARGET_UNSUPPORTED', `The target ${config.project.target} cannot be run yet`, {
      hint: 'set project.target: embedded',
    });
  }
  return { config, environment, desired: buildDesiredStack(config, environment), target: openTarget(context, environment, config, flags) };
}

/** What runs, whether or not the configuration can still be read: enough to look at a stack and to stop it. */
export interface RunningStack {
  readonly config: Config | null;
  readonly project: string;
  readonly environment: string;
  readonly target: EmbeddedTarget;
}

export async function openRunningStack(context: CliContext): Promise<RunningStack> {
  const loaded = await loadConfig(context, {}).catch((error: unknown) => {
    if (error instanceof SupastorError && error.code.startsWith('SJ_CONFIG')) return null;
    throw error;
  });
  const environment = loaded?.environment ?? context.environment ?? DEFAULT_ENVIRONMENT;
  const target = openTarget(context, environment, loaded?.config ?? null, {});
  return { config: loaded?.config ?? null, project: loaded?.config.project.name ?? 'supastor', environment, target };
}

function loadConfig(context: CliContext, { dev, prod }: ModeFlags) {
  if (dev === true && prod === true)
    throw new SupastorError('SJ_USAGE', '--dev and --prod exclude each other', { hint: 'give one of them' });
  const mode = dev === true ? 'dev' : 'prod';
  const modeFlags = dev === true || prod === true ? [{ path: 'project.mode', value: mode, flag: `--${mode}` }] : [];
  const { projectDir, environment, env, signal } = context;
  return loadProjectConfig({ projectDir, environment, env, flags: [...modeFlags, ...context.flags], signal });
}

const DEFAULT_LIMITS = { maxFileBytes: 10_000_000, maxFiles: 5 };

function openTarget(context: CliContext, environment: string, config: Config | null, flags: ModeFlags): EmbeddedTarget {
  const { env, projectDir } = context;
  const preferSource = env['SUPASTOR_SOURCE'] === '1';
  const watch = flags.watch === true;
  const { maxFileBytes, maxFiles } = config?.logging ?? DEFAULT_LIMITS;
  const paths = stackPaths(projectDir, environment);
  const options: SupervisorProcessOptions = { projectDir: paths.projectDir, environment, preferSource, watch, maxFileBytes, maxFiles };
  return createEmbeddedTarget({
    paths,
    host: { uid: userInfo().uid, xdgRuntimeDir: env['XDG_RUNTIME_DIR'], tmpDir: tmpdir() },
    program: {
      nodePath: process.execPath,
      args: ['--max-semi-space-size=2', '--optimize-for-size', locateInstallation({ preferSource, watch }).supervisorFile],
      env: { ...inheritedEnvironment(env), NODE_COMPILE_CACHE: paths.cacheDir, [SUPERVISOR_OPTIONS_NAME]: JSON.stringify(options) },
    },
  });
}
