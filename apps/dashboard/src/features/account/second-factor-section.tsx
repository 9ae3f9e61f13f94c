import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { Messages } from '../../messages/messages.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, Lines, LinesSkeleton, Section } from '../../ui/section.tsx';
import { secondFactorQuery } from './account-queries.ts';
import { EnrolSteps } from './enrol-steps.tsx';
import { RenewCodesDialog, TurnOffDialog } from './proof-dialogs.tsx';

type Shown = 'enrol' | 'codes' | 'off' | null;

/** The own second factor: on, off, and its recovery codes. */
export function SecondFactorSection() {
  const t = useMessages().account;
  const factor = useQuery(secondFactorQuery);
  const [shown, setShown] = useState<Shown>(null);
  const close = () => setShown(null);
  const state = factor.data;
  return (
    <Section title={t.secondFactor}>
      {factor.error && !state && <ErrorNotice error={factor.error} onRetry={() => void factor.refetch()} />}
      {factor.isPending && <LinesSkeleton />}
      {state && (
        <Lines label={t.secondFactor}>
          <Line
            label={t.app}
            title={
              <>
                {t.app}
                <Chip label={state.enabled ? t.on : t.off} size="small" color={state.enabled ? 'success' : 'default'} variant="outlined" />
              </>
            }
            detail={describe(t, state)}
            facts={
              state.since !== null && (
                <>
                  {t.setUp} <RelativeTime at={state.since} />
                </>
              )
            }
            actionBelow
            action={
              state.enabled ? (
                <>
                  <Button size="small" color="inherit" onClick={() => setShown('codes')}>
                    {t.newCodes}
                  </Button>
                  <Button size="small" color="error" onClick={() => setShown('off')}>
                    {t.turnOff}
                  </Button>
                </>
              ) : (
                <Button size="small" variant="outlined" onClick={() => setShown('enrol')}>
                  {t.setUp}
                </Button>
              )
            }
          />
        </Lines>
      )}
      {shown === 'enrol' && <EnrolDialog onClose={close} />}
      {shown === 'codes' && <RenewCodesDialog onClose={close} />}
      {shown === 'off' && <TurnOffDialog onClose={close} />}
    </Section>
  );
}

function describe(
  t: Messages['account'],
  { enabled, recoveryCodesLeft, required }: { enabled: boolean; recoveryCodesLeft: number; required: boolean },
): string {
  if (!enabled) return required ? t.roleAsks : t.passwordAlone;
  return t.codesLeft(recoveryCodesLeft);
}

/** Only its buttons close it: the recovery codes are shown once. */
function EnrolDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages().account;
  const titleId = useId();
  return (
    <Dialog open onClose={(_event, reason) => reason === 'escapeKeyDown' && onClose()} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{t.setUpTitle}</DialogTitle>
      <DialogContent>
        <EnrolSteps onDone={onClose} />
      </DialogContent>
    </Dialog>
  );
}
