import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import Typography from '@mui/material/Typography';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { systemQuery } from '../../api/system-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CodeSnippet } from '../../ui/code-snippet.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { CLIENTS, type Client, maskKey, writeSnippet } from './snippet-text.ts';

/** The same few lines for each kind of client, with this installation's address; keys only when asked for. */
export function Snippets() {
  const t = useMessages().start;
  const panelId = useId();
  const system = useQuery(systemQuery);
  const cache = useQueryClient();
  const [client, setClient] = useState<Client>('storage-js');
  const [shown, setShown] = useState(false);
  const reveal = useMutation({ mutationFn: () => call(operations.systemServiceKey, {}), onSuccess: () => setShown(true) });
  const makeS3Key = useMutation({
    mutationFn: () => call(operations.s3KeysCreate, { name: t.steps, verbs: ['list', 'read', 'write', 'delete', 'manage'] }),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.s3Keys }),
  });
  const key = reveal.data?.serviceRoleKey;
  const made = makeS3Key.data;
  const code = writeSnippet(client, {
    storageUrl: system.data?.storageUrl ?? '…',
    serviceKey: shown && key !== undefined ? key : maskKey(key),
    s3: made === undefined ? null : { accessKeyId: made.key.accessKeyId, secretAccessKey: made.secretAccessKey },
  });
  const isS3 = client === 's3';
  const failed = isS3 ? makeS3Key.error : reveal.error;
  const toggle = () => {
    if (shown) setShown(false);
    else if (key !== undefined) setShown(true);
    else reveal.mutate();
  };
  return (
    <Box>
      <Tabs value={client} onChange={(_event, next: Client) => setClient(next)} aria-label={t.client} sx={{ minHeight: 36, mb: 3 }}>
        {CLIENTS.map(({ id, label }) => (
          <Tab
            key={id}
            value={id}
            label={label}
            id={`${panelId}-${id}`}
            aria-controls={panelId}
            sx={{ minHeight: 36, minWidth: 0, px: 3 }}
          />
        ))}
      </Tabs>
      <Box role="tabpanel" id={panelId} aria-labelledby={`${panelId}-${client}`}>
        <CodeSnippet label={t.snippet(client)} code={code} />
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, mt: 3, flexWrap: 'wrap' }}>
          {isS3 ? (
            <Button
              size="small"
              variant="outlined"
              color="inherit"
              loading={makeS3Key.isPending}
              disabled={makeS3Key.isSuccess}
              onClick={() => makeS3Key.mutate()}
            >
              {t.makeKey}
            </Button>
          ) : (
            <Button size="small" variant="outlined" color="inherit" loading={reveal.isPending} onClick={toggle} aria-pressed={shown}>
              {shown ? t.hide : t.show}
            </Button>
          )}
          <Typography variant="caption" color="textSecondary" sx={{ flex: '1 1 240px' }}>
            {isS3 ? t.makeKeyText : t.showText}
          </Typography>
        </Box>
        {failed && (
          <Box sx={{ mt: 3 }}>
            <ErrorNotice error={failed} />
          </Box>
        )}
      </Box>
    </Box>
  );
}
