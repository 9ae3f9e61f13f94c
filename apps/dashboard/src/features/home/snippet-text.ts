export const CLIENTS = [
  { id: 'storage-js', label: 'storage-js' },
  { id: 's3', label: 'S3' },
  { id: 'curl', label: 'curl' },
] as const;
export type Client = (typeof CLIENTS)[number]['id'];

interface SnippetValues {
  /** Ends with /storage/v1. */
  readonly storageUrl: string;
  /** As it is to be shown. */
  readonly serviceKey: string;
  /** Null: none was made, so placeholders stand in. */
  readonly s3: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

const MASK = '••••••••';

/** Hides a key but for its beginning, which tells keys apart. */
export function maskKey(key: string | undefined): string {
  return key === undefined ? MASK : `${key.slice(0, 6)}${MASK}`;
}

/** A few lines that upload a file and list what is there; they run as they stand once the keys are filled in. */
export function writeSnippet(client: Client, { storageUrl, serviceKey, s3 }: SnippetValues): string {
  switch (client) {
    case 'storage-js':
      return [
        "import { StorageClient } from '@supabase/storage-js';",
        '',
        `const key = '${serviceKey}';`,
        `const storage = new StorageClient('${storageUrl}', {`,
        '  apikey: key,',
        '  authorization: `Bearer ${key}`,',
        '});',
        '',
        "await storage.createBucket('photos', { public: false });",
        "await storage.from('photos').upload('hello.txt', 'Hello');",
        "console.log(await storage.from('photos').list());",
      ].join('\n');
    case 's3':
      return [
        `export AWS_ACCESS_KEY_ID=${s3?.accessKeyId ?? MASK}`,
        `export AWS_SECRET_ACCESS_KEY=${s3?.secretAccessKey ?? MASK}`,
        'export AWS_REGION=us-east-1',
        `export AWS_ENDPOINT_URL_S3=${storageUrl}/s3`,
        '',
        'aws s3 mb s3://photos',
        'echo Hello | aws s3 cp - s3://photos/hello.txt',
        'aws s3 ls s3://photos',
      ].join('\n');
    case 'curl':
      return [
        `KEY='${serviceKey}'`,
        `curl -X POST '${storageUrl}/bucket' -H "Authorization: Bearer $KEY" \\`,
        `  -H 'Content-Type: application/json' -d '{"name":"photos"}'`,
        `curl -X POST '${storageUrl}/object/photos/hello.txt' -H "Authorization: Bearer $KEY" \\`,
        `  -H 'Content-Type: text/plain' -d Hello`,
      ].join('\n');
  }
}
