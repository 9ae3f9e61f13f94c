import Alert from '@mui/material/Alert';
import Autocomplete from '@mui/material/Autocomplete';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { accessExplain } from '@supastor/contract/operations/access';
import type { OperationOutput } from '@supastor/contract/operations/define';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../../api/call.ts';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { operations } from '../../api/operations.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Section } from '../../ui/section.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { usersQuery } from './access-queries.ts';

const OPERATIONS = Object.values(operations)
  .map(({ name }) => name)
  .toSorted();

/** Why somebody may or may not do something: each of their roles, and what it says to it. */
export function ExplainSection() {
  const t = useMessages().access.explain;
  const mayList = useQuery(heldPermissionsQuery).data?.includes('users:read') === true;
  const users = useQuery({ ...usersQuery, enabled: mayList }).data ?? [];
  const [user, setUser] = useState('');
  const [operation, setOperation] = useState('');
  const [bucket, setBucket] = useState('');
  const [path, setPath] = useState('');
  const explain = useMutation({
    mutationFn: () =>
      call(operations.accessExplain, {
        operation: operation.trim(),
        ...(user.trim() !== '' && { user: user.trim() }),
        ...(bucket.trim() !== '' && { bucket: bucket.trim() }),
        ...(bucket.trim() !== '' && path.trim() !== '' && { path: path.trim() }),
      }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (operation.trim() !== '') explain.mutate();
  };
  return (
    <Section title={t.title}>
      <Paper variant="outlined" sx={{ p: 5, borderRadius: 1.5 }}>
        <form onSubmit={submit} noValidate>
          <Typography variant="body2" color="textSecondary" sx={{ mb: 4 }}>
            {t.text}
          </Typography>
          <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(4, minmax(0, 1fr)) auto' } }}>
            <Autocomplete
              freeSolo
              disabled={!mayList}
              options={users.map(({ email }) => email)}
              inputValue={user}
              onInputChange={(_, text) => setUser(text)}
              renderInput={(parameters) => <TextField {...parameters} label={t.who} placeholder={t.me} />}
            />
            <Autocomplete
              freeSolo
              options={OPERATIONS}
              inputValue={operation}
              onInputChange={(_, text) => setOperation(text)}
              renderInput={(parameters) => <TextField {...parameters} label={t.operation} placeholder="objects.remove" />}
            />
            <TextField label={t.bucket} autoComplete="off" value={bucket} onChange={(event) => setBucket(event.target.value)} />
            <TextField
              label={t.path}
              autoComplete="off"
              disabled={bucket.trim() === ''}
              value={path}
              onChange={(event) => setPath(event.target.value)}
            />
            <Button type="submit" variant="outlined" color="inherit" disabled={operation.trim() === ''} loading={explain.isPending}>
              {t.ask}
            </Button>
          </Box>
        </form>
        <Box role="status">
          {explain.error && (
            <Box sx={{ mt: 4 }}>
              <ErrorNotice error={explain.error} />
            </Box>
          )}
          {explain.data && <Verdict answer={explain.data} />}
        </Box>
      </Paper>
    </Section>
  );
}

interface VerdictProps {
  readonly answer: OperationOutput<typeof accessExplain>;
}

function Verdict({ answer: { allowed, identity, operation, reason, grants } }: VerdictProps) {
  const t = useMessages().access.explain;
  return (
    <Alert severity={allowed ? 'success' : 'warning'} variant="outlined" sx={{ mt: 4 }}>
      <Typography sx={{ fontSize: 13, fontWeight: 550 }}>{allowed ? t.may(identity, operation) : t.mayNot(identity, operation)}</Typography>
      <Typography variant="body2" color="textSecondary">
        {reason}
      </Typography>
      {grants.length > 0 && (
        <Box component="ul" aria-label={t.grants} sx={{ m: 0, mt: 2, p: 0, listStyle: 'none', fontSize: 13, display: 'grid', gap: 1 }}>
          {grants.map(({ role, scope, verdict }) => (
            <li key={`${role} ${scope.bucket} ${scope.prefix}`}>
              <StatusDot tone={verdict === 'allows' ? 'success' : 'neutral'} /> <b>{role}</b>
              {scope.bucket !== undefined && ` (${scope.bucket}/${scope.prefix ?? ''})`}: {t.verdicts[verdict]}
            </li>
          ))}
        </Box>
      )}
    </Alert>
  );
}
