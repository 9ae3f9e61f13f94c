import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { useMutation } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { formatNumber } from '../../format/locale.ts';
import { formatDate } from '../../format/time.ts';
import { useMessages } from '../../messages/locale-provider.tsx';

/** Checks the chain on request and says what came of it. */
export function useVerify() {
  return useMutation({ mutationFn: () => call(operations.auditVerify, {}) });
}

type Verify = ReturnType<typeof useVerify>;

/** The result of the last check; nothing before the first. */
export function VerifyResult({ verify }: { readonly verify: Verify }) {
  const t = useMessages().audit;
  if (verify.data === undefined) return null;
  const { firstBad, rows, checkpoints, rowsUnderOtherKeys, removed } = verify.data;
  const dismiss = (
    <Button color="inherit" size="small" onClick={() => verify.reset()}>
      {t.dismiss}
    </Button>
  );
  if (firstBad !== null) {
    return (
      <Alert severity="error" variant="outlined" action={dismiss} sx={{ mb: 5 }}>
        {t.tampered(firstBad.problem, firstBad.detail)}
      </Alert>
    );
  }
  const rowsOf = (count: number) => t.rows(formatNumber(count), count);
  const older = rowsUnderOtherKeys > 0 ? t.earlierKey(rowsOf(rowsUnderOtherKeys)) : '';
  const gone = removed === null ? '' : t.removedThrough(formatNumber(removed.through), formatDate(removed.at));
  return (
    <Alert severity="success" variant="outlined" action={dismiss} sx={{ mb: 5 }}>
      {`${t.intact(rowsOf(rows), t.checkpoints(formatNumber(checkpoints), checkpoints))}${older}${gone}`}
    </Alert>
  );
}
