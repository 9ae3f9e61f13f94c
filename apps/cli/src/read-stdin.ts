import { SupastorError } from '@supastor/contract/errors';

const MAX_BYTES = 1_000_000;

/** All of standard input as text. @throws SJ_USAGE when it is longer than a megabyte */
export async function readStdin(signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin.iterator({ destroyOnReturn: true })) {
    signal.throwIfAborted();
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.byteLength;
    if (size > MAX_BYTES) throw new SupastorError('SJ_USAGE', 'Standard input is longer than a megabyte.', { hint: 'give it less' });
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
