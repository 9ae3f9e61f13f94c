import { SupastorError } from '@supastor/contract/errors';
import type { RegisteredOperation } from '@supastor/contract/operations/all';
import { toRequestParts } from '@supastor/contract/operations/http';
import { fromProblem } from '@supastor/core/operations/client';
import type { Admin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';

/** Writes the records of a stream operation to standard output as they come, in the form the server sends them. */
export async function streamRecords(
  { signal, output }: CliContext,
  { baseUrl, token }: Admin,
  operation: RegisteredOperation,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { method, path } = toRequestParts(operation, input);
  const response = await fetch(baseUrl + path, { method, headers: { authorization: `Bearer ${token}` }, signal }).catch(unreachable);
  if (!response.ok || response.body === null) throw fromProblem(response.status, await response.json().catch(() => null));
  const lines = response.body.pipeThrough(new TextDecoderStream());
  let rest = '';
  for await (const text of lines) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) output.line(line.replace(/\r$/, ''));
  }
  if (rest !== '') output.line(rest);
}

function unreachable(cause: unknown): never {
  throw new SupastorError('SJ_UPSTREAM_FAILED', 'The admin API cannot be reached.', { hint: 'supastor status', cause });
}
