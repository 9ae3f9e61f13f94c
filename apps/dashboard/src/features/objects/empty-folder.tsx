import UploadIcon from '@mui/icons-material/CloudUploadOutlined';
import Box from '@mui/material/Box';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CodeSnippet } from '../../ui/code-snippet.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

interface EmptyFolderProps {
  readonly bucket: string;
  readonly prefix: string;
  readonly storageUrl: string;
}

/** An empty bucket teaches both ways in; an empty folder just says so. */
export function EmptyFolder({ bucket, prefix, storageUrl }: EmptyFolderProps) {
  const t = useMessages().objects;
  return (
    <Box sx={{ border: '1px dashed', borderColor: 'divider', borderRadius: 1.5, flex: '1 1 auto', display: 'grid', alignItems: 'center' }}>
      {prefix === '' ? (
        <EmptyState icon={<UploadIcon />} title={t.emptyBucket} text={t.emptyBucketText}>
          <CodeSnippet label={t.uploadExample} code={snippet(bucket, storageUrl)} />
        </EmptyState>
      ) : (
        <EmptyState icon={<UploadIcon />} title={t.emptyFolder} text={t.emptyFolderText} />
      )}
    </Box>
  );
}

function snippet(bucket: string, storageUrl: string): string {
  return [
    "import { StorageClient } from '@supabase/storage-js';",
    '',
    `const storage = new StorageClient('${storageUrl}', {`,
    '  apikey: process.env.SERVICE_ROLE_KEY,',
    '  authorization: `Bearer ${process.env.SERVICE_ROLE_KEY}`,',
    '});',
    '',
    `await storage.from('${bucket.replaceAll("'", String.raw`\'`)}').upload('hello.txt', new Blob(['Hello']));`,
  ].join('\n');
}
