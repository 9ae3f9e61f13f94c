import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';

/** Where one environment of a project keeps what is not configuration. */
export interface StackPaths {
  /** Short name of this stack on this machine, stable while project directory and environment are. */
  readonly id: string;
  readonly environment: string;
  readonly projectDir: string;
  readonly stateDir: string;
  /** Services, specs and pids; written by the supervisor, holds secrets. */
  readonly stateFile: string;
  /** Ports, directories and the socket that were chosen; written by commands. */
  readonly placementFile: string;
  /** Variables and flags of the command that started it; written by commands, holds secrets. */
  readonly startContextFile: string;
  readonly lockFile: string;
  readonly supervisorLockFile: string;
  readonly logsDir: string;
  readonly spoolDir: string;
  readonly supervisorLog: string;
  readonly cacheDir: string;
}

/** Name of the directory, inside the project, that holds the state of every environment. */
export const STATE_DIR_NAME = '.supastor';

/** A name that is one plain directory below the state directory, whatever it is joined with. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/**
 * Where the state of one environment is. Nothing is created.
 * @throws SJ_ENVIRONMENT_UNKNOWN for a name that could lead out of the project: this directory is deleted by `down --volumes`
 */
export function stackPaths(projectDir: string, environment: string): StackPaths {
  if (!PLAIN_NAME.test(environment)) {
    throw new SupastorError('SJ_ENVIRONMENT_UNKNOWN', `"${environment}" cannot be the name of an environment`, {
      hint: 'use letters, digits, dashes and underscores',
    });
  }
  const project = realOrSelf(resolve(projectDir));
  const stateDir = join(project, STATE_DIR_NAME, environment);
  const logsDir = join(stateDir, 'logs');
  return {
    id: createHash('sha256').update(`${project}\0${environment}`).digest('hex').slice(0, 12),
    environment,
    projectDir: project,
    stateDir,
    stateFile: join(stateDir, 'state.json'),
    placementFile: join(stateDir, 'placement.json'),
    startContextFile: join(stateDir, 'start-context.json'),
    lockFile: join(stateDir, 'lock'),
    supervisorLockFile: join(stateDir, 'supervisor.lock'),
    logsDir,
    spoolDir: join(logsDir, 'spool'),
    supervisorLog: join(logsDir, 'supervisor.ndjson'),
    cacheDir: join(stateDir, 'cache'),
  };
}

function realOrSelf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
