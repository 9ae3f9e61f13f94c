import { readFile } from 'node:fs/promises';
import type { RegisteredOperation } from '@supastor/contract/operations/all';
import { SupastorError } from '@supastor/contract/errors';
import type { OperationClient } from '@supastor/core/operations/client';
import { withAdmin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { readStdin } from '../../read-stdin.ts';
import type { Field } from './fields.ts';
import { formatAnswer } from './format-answer.ts';
import { readInput } from './read-input.ts';
import { streamRecords } from './stream-records.ts';

type Input = Readonly<Record<string, unknown>>;

/** Runs an operation with what was typed, and prints its answer. @throws SJ_USAGE, and whatever the operation refuses with */
export async function runOperation(
  context: CliContext,
  operation: RegisteredOperation,
  fields: readonly Field[],
  typed: ReadonlyMap<string, unknown>,
): Promise<void> {
  const base = await readBase(context, typed.get('input'));
  const input = readInput(operation, fields, typed, base);
  if (operation.effect === 'destructive' && !(await context.confirm(questionFor(operation, input)))) {
    throw new SupastorError('SJ_INTERRUPTED', 'nothing was changed');
  }
  await withAdmin(context, async (admin) => {
    if (operation.shape === 'stream') return streamRecords(context, admin, operation, input);
    if (typed.get('all') === true) return printPages(context, admin.client, operation, input);
    const answer: unknown = await admin.client.run(operation, input, { signal: context.signal });
    context.output.result(answer, formatAnswer);
    const next = nextCursorOf(answer);
    if (next !== null) context.output.progress(`There is more: add --cursor ${next}, or --all.`);
  });
}

async function printPages(context: CliContext, client: OperationClient, operation: RegisteredOperation, input: Input): Promise<void> {
  for (let cursor: string | null = null; ;) {
    const page: unknown = await client.run(operation, cursor === null ? input : { ...input, cursor }, { signal: context.signal });
    context.output.record(page, formatAnswer);
    cursor = nextCursorOf(page);
    if (cursor === null) return;
  }
}

function nextCursorOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('nextCursor' in answer)) return null;
  return typeof answer.nextCursor === 'string' ? answer.nextCursor : null;
}

function questionFor({ name, summary }: RegisteredOperation, input: Input): string {
  const subject = Object.entries(input).map(([field, value]) => `${field} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${name} ${subject.join(', ')}: ${summary}. Go on?`;
}

async function readBase({ signal }: CliContext, file: unknown): Promise<Input> {
  if (typeof file !== 'string') return {};
  const text = file === '-' ? await readStdin(signal) : await readFile(file, 'utf8').catch((cause: unknown) => unreadable(file, cause));
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw new SupastorError('SJ_USAGE', `--input: ${file === '-' ? 'standard input' : file} is not a JSON object`, {
    hint: 'such as {"name":"photos"}',
  });
}

function unreadable(file: string, cause: unknown): never {
  throw new SupastorError('SJ_USAGE', `--input: ${file} cannot be read`, { hint: 'check the path, or use - for standard input', cause });
}
