import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import { createBuildContext } from './build-context.ts';

/** Images that are built from the sources, by the target of the Dockerfile. */
export const IMAGE_TARGETS = ['storage-api', 'admin-api', 'meta'] as const;
export type ImageTarget = (typeof IMAGE_TARGETS)[number];

export interface BuildOptions {
  /** The checkout. */
  readonly root: string;
  readonly target: ImageTarget;
  /** Name and tag of the image. */
  readonly name: string;
  /** Replaces the base image of the Dockerfile. */
  readonly base?: string | undefined;
  /** Builds every layer again. */
  readonly fresh?: boolean;
  /** Gets each line that the engine says. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface BuiltImage {
  readonly name: string;
  /** `sha256:...`, which names these very bytes. */
  readonly digest: string;
  readonly bytes: number;
}

const DOCKERFILE = 'deploy/images/Dockerfile';
/** Lines of a failed build that are shown. */
const LAST_LINES = 12;

/** Builds one image on the engine, which need not be on this machine. @throws SJ_IMAGE_BUILD_FAILED with the end of its output */
export async function buildImage(docker: Docker, options: BuildOptions): Promise<BuiltImage> {
  const { root, target, name, base, fresh = false, onLine, signal } = options;
  const lines: string[] = [];
  let refusal: string | null = null;
  const hear = (event: BuildEvent) => {
    refusal = event.error ?? refusal;
    for (const line of (event.stream ?? event.status ?? '').split('\n').filter((text) => text.trim() !== '')) {
      lines.push(line);
      onLine(line);
    }
  };
  try {
    const stream = await docker.buildImage(createBuildContext(root), {
      dockerfile: DOCKERFILE,
      target,
      t: name,
      nocache: fresh,
      forcerm: true,
      abortSignal: signal,
      ...(base === undefined ? {} : { buildargs: { NODE_IMAGE: base } }),
    });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()), hear);
    });
    // The answer was 200 when the build began; that it failed is only one more event.
    if (refusal !== null) throw new Error(refusal);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SupastorError('SJ_IMAGE_BUILD_FAILED', [`${name}: ${reason}`, ...lines.slice(-LAST_LINES)].join('\n'), {
      hint: 'supastor images build --verbose',
      cause: error,
    });
  }
  const { Id: digest, Size: bytes } = await docker.getImage(name).inspect();
  return { name, digest, bytes };
}

interface BuildEvent {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
}
