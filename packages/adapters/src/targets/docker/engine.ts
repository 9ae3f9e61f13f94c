import Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';

const DEFAULT_SOCKET = '/var/run/docker.sock';

/** A client of the engine at `address` (`unix://`, `tcp://`, `http://`, `https://`, `ssh://`); the local socket when there is none. */
export function createEngine(address: string | undefined): Docker {
  if (address === undefined) return new Docker({ socketPath: DEFAULT_SOCKET });
  if (address.startsWith('unix://')) return new Docker({ socketPath: address.slice('unix://'.length) });
  if (!URL.canParse(address)) throw badAddress(address);
  const { protocol, hostname: host, port, username } = new URL(address);
  if (protocol === 'ssh:') return new Docker({ protocol: 'ssh', host, port: port || 22, ...(username === '' ? {} : { username }) });
  if (protocol === 'https:') return new Docker({ protocol: 'https', host, port: port || 2376 });
  if (protocol === 'tcp:' || protocol === 'http:') return new Docker({ protocol: 'http', host, port: port || 2375 });
  throw badAddress(address);
}

/** Resolves when the engine answers. @throws SJ_ENGINE_UNREACHABLE saying what to do */
export async function assertEngine(docker: Docker, address: string | undefined): Promise<void> {
  try {
    await docker.ping();
  } catch (error) {
    const code = errorCode(error);
    const where = address ?? `unix://${DEFAULT_SOCKET}`;
    const denied = code === 'EACCES' || code === 'EPERM';
    throw new SupastorError('SJ_ENGINE_UNREACHABLE', `No Docker engine answers at ${where}${denied ? ': this user may not open it' : ''}`, {
      hint: denied
        ? 'run as a user of the group docker, or with sudo'
        : 'install and start Docker, set DOCKER_HOST, or set project.target: embedded',
      cause: error,
    });
  }
}

/** The engine's answer when it refused; null when it is something else. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;
}

/** Runs `call`; null when the engine says that there is no such thing. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** Runs `call`; what is so already (stopped, removed, being removed) is fine. */
export async function unlessDone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (![304, 404, 409].includes(statusOf(error) ?? 0)) throw error;
  }
}

function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function badAddress(address: string): SupastorError {
  return new SupastorError('SJ_CONFIG_INVALID', `containers.engine is no address of an engine: ${address}`, {
    hint: 'use unix:///var/run/docker.sock, tcp://host:2375 or ssh://user@host',
  });
}
