import { s3KeyListSchema, s3KeySchema, s3KeyWithSecretSchema } from '@supastor/contract/wire/s3-key';
import type { S3KeyAdmin } from '@supastor/core/s3-keys/s3-key-admin.port';
import { askOurs, type Send } from './ask-ours.ts';
import type { JsonRequest } from './json-http.ts';

const NONE = {
  message: 'The storage server keeps no S3 access keys.',
  hint: 'Use the storage server of Supastor (storage.managed: true), or the key pair the server is configured with.',
} as const;

/** The part of our storage server's REST protocol that manages access keys of its S3 door (`/s3-keys`). */
export function createS3KeyClient(send: Send): S3KeyAdmin {
  const ask = (request: JsonRequest) => askOurs(send, request, NONE);
  return {
    list: async (signal) => s3KeyListSchema.parse(await ask({ method: 'GET', path: '/s3-keys', signal })).keys,
    get: async (id, signal) => s3KeySchema.parse(await ask({ method: 'GET', path: keyPath(id), signal })),
    create: async (wanted, signal) => s3KeyWithSecretSchema.parse(await ask({ method: 'POST', path: '/s3-keys', body: wanted, signal })),
    update: async (id, changes, signal) => s3KeySchema.parse(await ask({ method: 'PATCH', path: keyPath(id), body: changes, signal })),
    async rotate(id, overlapSeconds, signal) {
      const body = { overlapSeconds };
      return s3KeyWithSecretSchema.parse(await ask({ method: 'POST', path: `${keyPath(id)}/rotate`, body, signal }));
    },
    async revoke(id, signal) {
      await ask({ method: 'DELETE', path: keyPath(id), signal });
    },
  };
}

function keyPath(accessKeyId: string): string {
  return `/s3-keys/${encodeURIComponent(accessKeyId)}`;
}
