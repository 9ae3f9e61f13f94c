import { tmpdir, userInfo } from 'node:os';
import { type LoadOptions, loadProjectConfig } from '@supastor/adapters/config-files/load-project-config';
import { relevantEnvironment, type StartContext, writeStartContext } from '@supastor/adapters/config-files/start-context';
import { createEmbeddedTarget, type EmbeddedTarget } from '@supastor/adapters/targets/embedded/embedded-target';
import { stackPaths } from '@supastor/adapters/targets/embedded/files/paths';
import { type Config, DEFAULT_ENVIRONMENT } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import { formatMistake } from '@supastor/core/config/mistakes';
import type { LoadedConfig } from '@supastor/core/config/source';
import { buildDesiredStack, type DesiredStack } from '@supastor/core/stack/desired';
import type { CliContext } from '../../context.ts';
import { locateInstallation } from './installation.ts';
import { inheritedEnvironment, SUPERVISOR_OPTIONS_NAME, type SupervisorProcessOptions } from './supervisor-options.ts';

export interface ModeFlags {
  readonly dev?: boolean;
  readonly prod?: boolean;
  readonly watch?: boolean;
  /** Names with commas between them. */
  readonly mocks?: string;
}

/** A stack whose services are containers; whoever has to reach the engine opens it. */
export interface ContainerStack {
  readonly kind: 'containers';
  readonly loaded: LoadedConfig;
}

/** A stack of processes that is configured: what it should be and the target that can make it so. */
export interface ConfiguredStack {
  readonly kind: 'processes';
  readonly loaded: LoadedConfig;
  readonly config: Config;
  readonly environment: string;
  readonly desired: DesiredStack;
  readonly target: EmbeddedTarget;
  /** Writes down what decides the configuration besides its files, for the admin API to know. */
  readonly noteStart: () => Promise<void>;
}

/** Loads the configuration and opens its target. Changes nothing. @throws SJ_CONFIG_*, SJ_SECRETS_MISSING, SJ_TARGET_UNSUPPORTED */
export async function openStack(context: CliContext, flags: ModeFlags = {}): Promise<ConfiguredStack | ContainerStack> {
  const loaded = await loadProjectConfig(loadOptions(context, flags));
  if (isContainers(loaded.config.project.target)) return { kind: 'containers', loaded };
  for (const warning of loaded.warnings) context.output.warn(formatMistake(warning));
  return configureStack(context, flags, loaded);
}

/** The stack that a loaded configuration describes. @throws SJ_SECRETS_MISSING, SJ_TARGET_UNSUPPORTED */
export function configureStack(context: CliContext, flags: ModeFlags, loaded: LoadedConfig): ConfiguredStack {
  const { config, environment } = loaded;
  if (config.project.target !== 'embedded') {
    throw new SupastorError('SJ_TARGET_UNSUPPORTED', `The target ${config.project.target} cannot be run yet`, {
      hint: 'set project.target: embedded',
    });
  }
  const desired = buildDesiredStack(config, environment);
  const noteStart = () =>
    writeStartContext(stackPaths(context.projectDir, environment).startContextFile, startContextOf(context, flags, loaded));
  return { kind: 'processes', loaded, config, environment, desired, noteStart, target: openTarget(context, environment, config, flags) };
}

function startContextOf(context: CliContext, flags: ModeFlags, { variables }: LoadedConfig): StartContext {
  const { env, flags: given = [] } = loadOptions(context, flags);
  return { env: relevantEnvironment(env, variables), flags: given };
}

/** What runs, whether or not the configuration can still be read: enough to look at a stack and to stop it. */
export interface RunningStack {
  readonly kind: 'processes';
  readonly config: Config | null;
  readonly project: string;
  readonly environment: string;
  readonly target: EmbeddedTarget;
}

/** Opens what there is, also without a configuration that can be read: then it is taken for processes. @throws SJ_SECRETS_* */
export async function openRunningStack(context: CliContext): Promise<RunningStack | ContainerStack> {
  const loaded = await loadProjectConfig(loadOptions(context, {})).catch((error: unknown) => {
    if (error instanceof SupastorError && error.code.startsWith('SJ_CONFIG')) return null;
    throw error;
  });
  if (loaded !== null && isContainers(loaded.config.project.target)) return { kind: 'containers', loaded };
  const environment = loaded?.environment ?? context.environment ?? DEFAULT_ENVIRONMENT;
  const target = openTarget(context, environment, loaded?.config ?? null, {});
  return { kind: 'processes', config: loaded?.config ?? null, project: loaded?.config.project.name ?? 'supastor', environment, target };
}

/** Whether the services of a target are containers. */
export function isContainers(target: Config['project']['target']): boolean {
  return target === 'docker' || target === 'swarm';
}

/** Scaling and rolling back are for containers. */
export function oneOfEach(target: Config['project']['target']): SupastorError {
  return new SupastorError('SJ_TARGET_UNSUPPORTED', `The target ${target} runs one of each service`, {
    hint: 'set project.target: docker',
  });
}

/** Monitoring and the like are containers. */
export function nothingBesides(target: Config['project']['target']): SupastorError {
  return new SupastorError('SJ_TARGET_UNSUPPORTED', `The target ${target} runs nothing besides its services`, {
    hint: 'set project.target: docker, or use the built-in monitoring',
  });
}

/** What the command line says about loading the configuration. @throws SJ_USAGE */
export function loadOptions(context: CliContext, { dev, prod, mocks }: ModeFlags): LoadOptions {
  if (dev === true && prod === true)
    throw new SupastorError('SJ_USAGE', '--dev and --prod exclude each other', { hint: 'give one of them' });
  const mode = dev === true ? 'dev' : 'prod';
  const modeFlags = dev === true || prod === true ? [{ path: 'project.mode', value: mode, flag: `--${mode}` }] : [];
  const mockFlags = mocks === undefined ? [] : [{ path: 'mocks.enabled', value: mocks, flag: '--mocks' }];
  const { projectDir, environment, env, signal } = context;
  return { projectDir, environment, env, flags: [...modeFlags, ...mockFlags, ...context.flags], signal };
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
      args: ['--max-semi-space-size=1', '--optimize-for-size', locateInstallation({ preferSource, watch }).supervisorFile],
      env: {
        ...inheritedEnvironment(env),
        MALLOC_ARENA_MAX: '2',
        NODE_COMPILE_CACHE: paths.cacheDir,
        [SUPERVISOR_OPTIONS_NAME]: JSON.stringify(options),
      },
    },
  });
}
