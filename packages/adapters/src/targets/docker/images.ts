import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';

/** Pulls an image from where its name says. @throws SJ_IMAGE_MISSING saying what the registry answered */
export async function pullImage(docker: Docker, image: string, signal?: AbortSignal): Promise<void> {
  try {
    const stream = await docker.pull(image, signal === undefined ? {} : { abortSignal: signal });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    throw new SupastorError('SJ_IMAGE_MISSING', `The image ${image} is not on the engine and could not be pulled: ${messageOf(error)}`, {
      hint: image.startsWith('supastor/') ? 'supastor images build' : `docker pull ${image}`,
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
