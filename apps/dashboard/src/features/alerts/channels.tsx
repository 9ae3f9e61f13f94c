import MuiAlert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { ChannelName } from '@supastor/contract/wire/alert';
import { useMutation } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CodeSnippet } from '../../ui/code-snippet.tsx';
import { useToasts } from '../../ui/toast.tsx';

const EXAMPLE = `monitoring:
  notify:
    ntfyUrl: https://ntfy.sh/my-topic
    mailTo: [ops@example.org]`;

/** Who is told; while it is nobody, what to write in which file. */
export function Channels({ channels }: { readonly channels: readonly ChannelName[] }) {
  const t = useMessages().monitoring.alerts;
  if (channels.length > 0)
    return (
      <Typography variant="body2" color="textSecondary" sx={{ mb: 5 }}>
        {t.toldThrough(channels.join(', '))}
      </Typography>
    );
  return (
    <MuiAlert severity="info" variant="outlined" sx={{ mb: 5, '& .MuiAlert-message': { minWidth: 0, flex: 1 } }}>
      <AlertTitle sx={{ fontSize: 14 }}>{t.noChannels}</AlertTitle>
      {t.noChannelsText}
      <Box sx={{ mt: 3 }}>
        <CodeSnippet code={EXAMPLE} label={t.exampleOf} />
      </Box>
    </MuiAlert>
  );
}

/** Sends a test through every channel, and says which did not take it. */
export function TestButton() {
  const t = useMessages().monitoring.alerts;
  const toasts = useToasts();
  const test = useMutation({
    mutationFn: () => call(operations.alertsTest, {}),
    onSuccess: ({ results }) => {
      const failed = results.filter(({ ok }) => !ok);
      if (failed.length > 0) toasts.failure(new Error(failed.map(({ channel, error }) => t.testFailed(channel, error ?? '')).join(' ')));
      else toasts.success(t.testDone(results.map(({ channel }) => channel).join(', ')));
    },
    onError: (error) => toasts.failure(error),
  });
  return (
    <Button variant="outlined" color="inherit" loading={test.isPending} onClick={() => test.mutate()}>
      {t.test}
    </Button>
  );
}
