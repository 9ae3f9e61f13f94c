import { z } from 'zod';
import { S3Error } from './s3-error.ts';

export interface ByteRange {
  readonly minBytes: number;
  readonly maxBytes: number;
}

export interface PolicyContext {
  readonly bucket: string;
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

const MAX_POLICY_CHARS = 64 * 1024;

const bound = z.union([
  z.number().int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);
const conditionSchema = z.union([
  z.tuple([z.string().regex(/^(?:eq|starts-with)$/i), z.string().startsWith('$'), z.string()]),
  z.tuple([z.string().regex(/^content-length-range$/i), bound, bound]),
  z.record(z.string(), z.string()).refine((fields) => Object.keys(fields).length > 0),
]);
const policySchema = z.object({ expiration: z.iso.datetime({ offset: true }), conditions: z.array(conditionSchema).max(1000) });

type Condition = z.infer<typeof conditionSchema>;

/** Fields that need no condition, as AWS defines them. */
const FREE_FIELDS = new Set(['policy', 'x-amz-signature', 'file', 'awsaccesskeyid', 'signature']);

/**
 * Checks a form's fields against its base64 policy: every condition must hold and every field must be covered by one.
 * Returns the bounds on the file's size, null when there are none.
 * @throws InvalidPolicyDocument when it cannot be read, AccessDenied when it does not allow this form.
 */
export function checkPolicy(base64Policy: string, context: PolicyContext): ByteRange | null {
  const policy = parsePolicy(base64Policy);
  if (Date.parse(policy.expiration) < context.nowMs) throw new S3Error('AccessDenied', 'Invalid according to Policy: Policy expired.');
  const covered = new Set<string>();
  let range: ByteRange | null = null;
  for (const condition of policy.conditions) {
    const bounds = rangeOf(condition);
    if (bounds) range = range === null ? bounds : intersect(range, bounds);
    else for (const name of checkFieldConditions(condition, context)) covered.add(name);
  }
  for (const name of context.fields.keys()) {
    if (covered.has(name) || FREE_FIELDS.has(name) || name.startsWith('x-ignore-')) continue;
    throw new S3Error('AccessDenied', `Invalid according to Policy: Extra input fields: ${name}`);
  }
  if (!covered.has('bucket')) throw new S3Error('AccessDenied', 'Invalid according to Policy: the bucket is not named.');
  if (!covered.has('key')) throw new S3Error('AccessDenied', 'Invalid according to Policy: the key is not named.');
  return range;
}

function parsePolicy(base64Policy: string): z.infer<typeof policySchema> {
  if (base64Policy.length > MAX_POLICY_CHARS) throw new S3Error('InvalidPolicyDocument', 'The policy is too large.');
  try {
    return policySchema.parse(JSON.parse(Buffer.from(base64Policy, 'base64').toString('utf8')));
  } catch (cause) {
    throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: it is not valid JSON of the expected form.', { cause });
  }
}

function rangeOf(condition: Condition): ByteRange | null {
  if (!Array.isArray(condition)) return null;
  const [, low, high] = condition;
  return typeof low === 'number' && typeof high === 'number' ? { minBytes: low, maxBytes: high } : null;
}

function intersect(a: ByteRange, b: ByteRange): ByteRange {
  return { minBytes: Math.max(a.minBytes, b.minBytes), maxBytes: Math.min(a.maxBytes, b.maxBytes) };
}

/** Names of the fields that the condition covers. */
function checkFieldConditions(condition: Condition, context: PolicyContext): readonly string[] {
  if (!Array.isArray(condition)) {
    return Object.entries(condition).map(([name, value]) => checkField('eq', name.toLowerCase(), value, context));
  }
  const [operator, field, value] = condition;
  if (typeof field !== 'string' || typeof value !== 'string') throw new S3Error('InvalidPolicyDocument');
  return [checkField(operator.toLowerCase(), field.slice(1).toLowerCase(), value, context)];
}

function checkField(operator: string, name: string, value: string, context: PolicyContext): string {
  const actual = name === 'bucket' ? context.bucket : context.fields.get(name);
  const holds = actual !== undefined && (operator === 'eq' ? actual === value : beginsWith(name, actual, value));
  if (!holds) throw new S3Error('AccessDenied', `Invalid according to Policy: Policy Condition failed: ["${operator}", "$${name}"]`);
  return name;
}

/** A content type may be a list; then each of its types must begin so, or the policy could be passed with the first alone. */
function beginsWith(name: string, actual: string, prefix: string): boolean {
  const values = name === 'content-type' ? actual.split(',').map((type) => type.trimStart()) : [actual];
  return values.every((value) => value.startsWith(prefix));
}
