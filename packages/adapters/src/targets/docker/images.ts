import type Docker from 'dockerode';
import { SupastorError } from '@supastor/contract/errors';
import type { TellProgress } from '@supastor/core/stack/apply';
import { type PullEvent, PullProgress } from './pull-progress.ts';

/**
 * Pulls an image from where its name says, and tells how far it is and in the end its digest.
 * @throws SJ_IMAGE_MISSING saying what the registry answered
 */
export async function pullImage(docker: Docker, image: string, tell: TellProgress, signal?: AbortSignal): Promise<void> {
  const progress = new PullProgress();
  let refusal: string | null = null;
  const hear = (event: PullEvent) => {
    refusal = event.error ?? refusal;
    progress.hear(event);
    const text = progress.describe();
    if (text !== null) tell(text);
  };
  try {
    const stream = await docker.pull(image, signal === undefined ? {} : { abortSignal: signal });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()), hear);
    });
    // The answer was 200 when the pull began; that it failed is only one more event.
    if (refusal !== null) throw new Error(refusal);
    if (progress.digest !== null) tell(progress.digest);
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
