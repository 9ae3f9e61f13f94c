import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { Simulation, StorageVerb } from '@supastor/contract/operations/policies';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { WhoCan } from './who-can.tsx';

const VERBS = ['read', 'list', 'upload', 'overwrite', 'delete'] as const satisfies readonly StorageVerb[];
const ROLES = ['anon', 'authenticated', 'service_role'] as const;

/** Tries a verb as somebody, and says who else may. Nothing it tries stays. */
export function Simulator({ bucket: given }: { readonly bucket: string }) {
  const t = useMessages().policies;
  const titleId = useId();
  const [bucket, setBucket] = useState(given);
  const [path, setPath] = useState('');
  const [verb, setVerb] = useState<(typeof VERBS)[number]>('read');
  const [role, setRole] = useState<string>('authenticated');
  const [subject, setSubject] = useState('');
  const [token, setToken] = useState('');
  const question = { verb, bucket: bucket.trim(), path: path.trim() };
  const who = token.trim() ? { token: token.trim() } : { role, ...(subject.trim() && { claims: { sub: subject.trim() } }) };
  const attempt = useMutation({ mutationFn: () => call(operations.policiesSimulate, { ...question, ...who }) });
  const ask = useMutation({ mutationFn: () => call(operations.policiesWhoCan, question) });
  const isReady = question.bucket !== '' && question.path !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) attempt.mutate();
  };
  return (
    <Box component="section" aria-labelledby={titleId}>
      <Typography id={titleId} variant="h2" sx={{ mb: 1 }}>
        {t.simulator}
      </Typography>
      <Typography color="textSecondary" sx={{ mb: 4 }}>
        {t.simulatorText}
      </Typography>
      <Box
        component="form"
        onSubmit={submit}
        noValidate
        sx={{ display: 'grid', gap: 3, mb: 5, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr', md: '140px 1fr minmax(0, 2fr)' } }}
      >
        <TextField
          select
          size="small"
          label={t.verb}
          value={verb}
          onChange={(event) => setVerb(VERBS.find((each) => each === event.target.value) ?? 'read')}
        >
          {VERBS.map((each) => (
            <MenuItem key={each} value={each}>
              {t.verbs[each]}
            </MenuItem>
          ))}
        </TextField>
        <TextField size="small" label={t.bucket} value={bucket} onChange={(event) => setBucket(event.target.value)} />
        <TextField size="small" label={t.path} value={path} onChange={(event) => setPath(event.target.value)} placeholder={t.example} />
        <TextField
          select
          size="small"
          label={t.role}
          value={role}
          disabled={token !== ''}
          onChange={(event) => setRole(event.target.value)}
        >
          {ROLES.map((each) => (
            <MenuItem key={each} value={each}>
              {each}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          size="small"
          label={t.subject}
          value={subject}
          disabled={token !== ''}
          onChange={(event) => setSubject(event.target.value)}
        />
        <TextField size="small" label={t.token} value={token} autoComplete="off" onChange={(event) => setToken(event.target.value)} />
        <Box sx={{ display: 'flex', gap: 2, gridColumn: '1 / -1' }}>
          <Button type="submit" variant="contained" disabled={!isReady} loading={attempt.isPending}>
            {t.try}
          </Button>
          <Button variant="outlined" color="inherit" disabled={!isReady} loading={ask.isPending} onClick={() => ask.mutate()}>
            {t.whoCanIt}
          </Button>
        </Box>
      </Box>
      <Box aria-live="polite" sx={{ display: 'grid', gap: 4 }}>
        {attempt.error && <ErrorNotice error={attempt.error} />}
        {attempt.data && <Verdict simulation={attempt.data} />}
        {ask.error && <ErrorNotice error={ask.error} />}
        {ask.data && <WhoCan answer={ask.data} />}
      </Box>
    </Box>
  );
}

function Verdict({ simulation }: { readonly simulation: Simulation }) {
  const t = useMessages().policies;
  const { allowed, reason, steps } = simulation;
  return (
    <Paper variant="outlined" sx={{ p: 5, borderRadius: 1.5 }}>
      <Typography sx={{ display: 'flex', alignItems: 'center', gap: 2, fontWeight: 600 }}>
        <StatusDot tone={allowed ? 'success' : 'error'} />
        {allowed ? t.allowed : t.denied}
      </Typography>
      <Typography sx={{ mt: 1 }}>{reason}</Typography>
      {steps.map((step) => (
        <Box key={step.command} sx={{ mt: 3 }}>
          <Typography variant="caption" component="div" sx={{ fontWeight: 600 }}>
            {step.command}: {step.allowed ? t.yes : t.no}
          </Typography>
          {step.policies.map(({ name, part, verdict, error, permissive }) => (
            <Typography key={`${name}${part}`} variant="caption" component="div" color="textSecondary">
              {verdict === 'true' ? '✓' : '✗'} {name} ({permissive ? part : t.restrictivePart(part)}): {error ?? verdict}
            </Typography>
          ))}
        </Box>
      ))}
    </Paper>
  );
}
