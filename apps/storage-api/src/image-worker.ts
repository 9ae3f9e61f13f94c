import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { loadSharp, render, RenderError } from './images/worker/render.ts';
import type { RenderReply } from './images/worker/messages.ts';

/**
 * Composition root of the process that makes pictures. It is a process of its own so that a hostile file can at worst
 * end it, a time-out can end it for certain, and its memory goes away with it. It ends with its parent.
 */
const jobSchema = z.object({
  id: z.number(),
  inputPath: z.string(),
  outputPath: z.string(),
  width: z.number().optional(),
  height: z.number().optional(),
  resize: z.enum(['cover', 'contain', 'fill']).optional(),
  quality: z.number().optional(),
  format: z.enum(['origin', 'webp', 'avif']),
  maxInputPixels: z.number(),
});

process.on('disconnect', () => process.exit(0));
const sharp = loadSharp();
process.on('message', (message) => void answer(message));
// Where memory runs out, Linux ends this process before the database or the server.
void writeFile('/proc/self/oom_score_adj', '1000').catch(() => {});

async function answer(message: unknown): Promise<void> {
  const job = jobSchema.parse(message);
  send(
    await render(await sharp, job).then(
      () => ({ id: job.id, ok: true }),
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        return { id: job.id, ok: false, failure: error instanceof RenderError ? error.failure : 'broken', reason };
      },
    ),
  );
}

function send(reply: RenderReply): void {
  if (process.connected) process.send?.(reply);
}
