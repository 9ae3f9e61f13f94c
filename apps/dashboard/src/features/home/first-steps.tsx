import CheckIcon from '@mui/icons-material/CheckCircleOutlined';
import OpenIcon from '@mui/icons-material/RadioButtonUncheckedOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLink } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { hasBucketQuery, isProtectedQuery } from './first-steps-queries.ts';
import { savePreferences } from './home-queries.ts';
import { Snippets } from './snippets.tsx';

const RouteButton = createLink(Button);

/** After the first sign-in: what protects the account, where objects go, how programs get there. Stays until it is hidden. */
export function FirstSteps() {
  const t = useMessages().start;
  const titleId = useId();
  const isProtected = useQuery(isProtectedQuery).data;
  const hasBucket = useQuery(hasBucketQuery).data;
  const client = useQueryClient();
  const toasts = useToasts();
  const dismiss = useMutation({
    mutationFn: () => savePreferences({ startDismissed: true }),
    onSuccess: (preferences) => client.setQueryData(keys.preferences, preferences),
    onError: (error) => toasts.failure(error),
  });
  const done = [isProtected, hasBucket].filter((value) => value === true).length;
  return (
    <Paper component="section" variant="outlined" aria-labelledby={titleId} sx={{ borderRadius: 1.5, mb: 6, overflow: 'hidden' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, px: 5, py: 3, borderBottom: 1, borderColor: 'divider' }}>
        <Typography id={titleId} variant="h2">
          {t.title}
        </Typography>
        <Typography variant="caption" color="textSecondary" sx={{ flex: 1 }}>
          {t.done(done, 2)}
        </Typography>
        <Button size="small" color="inherit" loading={dismiss.isPending} onClick={() => dismiss.mutate()}>
          {t.dismiss}
        </Button>
      </Box>
      <Box sx={{ display: 'grid', gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 2fr) minmax(0, 3fr)' } }}>
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
          <Step isDone={isProtected} title={t.factor} text={t.factorText}>
            <RouteButton to="/account" size="small" variant="outlined" color="inherit">
              {t.factorGo}
            </RouteButton>
          </Step>
          <Step isDone={hasBucket} title={t.bucket} text={t.bucketText}>
            <RouteButton to="/buckets" size="small" variant="outlined" color="inherit">
              {t.bucketGo}
            </RouteButton>
          </Step>
        </Box>
        <Box sx={{ p: 5, borderLeft: { md: 1 }, borderTop: { xs: 1, md: 0 }, borderColor: { xs: 'divider', md: 'divider' } }}>
          <Typography variant="h3">{t.code}</Typography>
          <Typography variant="body2" color="textSecondary" sx={{ mb: 2 }}>
            {t.codeText}
          </Typography>
          <Snippets />
        </Box>
      </Box>
    </Paper>
  );
}

interface StepProps {
  /** Undefined while it is not known. */
  readonly isDone: boolean | undefined;
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Step({ isDone = false, title, text, children }: StepProps) {
  const t = useMessages().start;
  const Icon = isDone ? CheckIcon : OpenIcon;
  return (
    <Box component="li" sx={{ display: 'flex', gap: 3, p: 5, '& + li': { borderTop: 1, borderColor: 'divider' } }}>
      <Icon fontSize="small" color={isDone ? 'success' : 'inherit'} titleAccess={isDone ? t.isDone : t.isOpen} />
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="h3">{title}</Typography>
        <Typography variant="body2" color="textSecondary" sx={{ mb: 3 }}>
          {text}
        </Typography>
        {!isDone && children}
      </Box>
    </Box>
  );
}
