import type { S3KeyVerb } from '@supastor/contract/wire/s3-key';
import { S3Error } from '../../access/sigv4/s3-error.ts';
import { type AccessScope, allowsKey, allowsPrefix, allowsWholeBucket, coversBucket } from '../../s3-keys/access-scope.ts';
import { header, param, type S3Call } from './call.ts';
import { parseCopySource } from './operations/copy-source.ts';

/**
 * What an operation asks of an access key, as a row of its table. `everything`: open to all keys, the handler shows each key only its
 * buckets. `bucket`: the key reaches into the bucket. `manage`: it may manage the whole bucket. `expire`: it may also delete in it. `prefix`: it may list what begins with
 * the parameter `prefix`. `keys`: it has the verb, and the handler asks for each key that the body names. `key`: it has the verb for
 * the key in the path, and may read the copy source if there is one.
 */
export type AccessNeed =
  | { readonly kind: 'everything' | 'bucket' | 'manage' | 'expire' | 'prefix' }
  | { readonly kind: 'key' | 'keys'; readonly verb: Exclude<S3KeyVerb, 'list' | 'manage'> };

type Asked = Pick<S3Call, 'target' | 'query' | 'headers'>;

/** Decides before anything is looked up, so a refusal tells nothing about what there is. @throws AccessDenied */
export function authorize(scope: AccessScope, need: AccessNeed, call: Asked): void {
  if (!isAllowed(scope, need, call)) throw new S3Error('AccessDenied', 'The access key does not allow this operation here.');
  if (header(call, 'x-amz-copy-source') === null || need.kind !== 'key') return;
  if (!allowsKey(scope, 'read', parseCopySource(call))) {
    throw new S3Error('AccessDenied', 'The access key does not allow reading the copy source.');
  }
}

function isAllowed(scope: AccessScope, need: AccessNeed, call: Asked): boolean {
  const { bucket, key } = call.target;
  switch (need.kind) {
    case 'everything':
      return true;
    case 'bucket':
      return coversBucket(scope, bucket);
    case 'manage':
      return allowsWholeBucket(scope, 'manage', bucket);
    case 'expire':
      return allowsWholeBucket(scope, 'manage', bucket) && allowsWholeBucket(scope, 'delete', bucket);
    case 'prefix':
      return allowsPrefix(scope, 'list', { bucket, prefix: param(call, 'prefix') ?? '' });
    case 'keys':
      return scope.verbs.includes(need.verb) && coversBucket(scope, bucket);
    case 'key':
      return allowsKey(scope, need.verb, { bucket, key });
    default:
      return false;
  }
}
