import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, Lines, LinesSkeleton, Section } from '../../ui/section.tsx';
import { secondFactorQuery } from './account-queries.ts';
import { EnrolSteps } from './enrol-steps.tsx';
import { RenewCodesDialog, TurnOffDialog } from './proof-dialogs.tsx';

type Shown = 'enrol' | 'codes' | 'off' | null;

/** The own second factor: on, off, and its recovery codes. */
export function SecondFactorSection() {
  const factor = useQuery(secondFactorQuery);
  const [shown, setShown] = useState<Shown>(null);
  const close = () => setShown(null);
  const state = factor.data;
  return (
    <Section title="Second factor">
      {factor.error && !state && <ErrorNotice error={factor.error} onRetry={() => void factor.refetch()} />}
      {factor.isPending && <LinesSkeleton />}
      {state && (
        <Lines label="Second factor">
          <Line
            label="Authenticator app"
            title={
              <>
                Authenticator app
                <Chip label={state.enabled ? 'On' : 'Off'} size="small" color={state.enabled ? 'success' : 'default'} variant="outlined" />
              </>
            }
            detail={describe(state)}
            facts={
              state.since !== null && (
                <>
                  Set up <RelativeTime at={state.since} />
                </>
              )
            }
            actionBelow
            action={
              state.enabled ? (
                <>
                  <Button size="small" color="inherit" onClick={() => setShown('codes')}>
                    New codes
                  </Button>
                  <Button size="small" color="error" onClick={() => setShown('off')}>
                    Turn off
                  </Button>
                </>
              ) : (
                <Button size="small" variant="outlined" onClick={() => setShown('enrol')}>
                  Set up
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

function describe({ enabled, recoveryCodesLeft, required }: { enabled: boolean; recoveryCodesLeft: number; required: boolean }): string {
  if (!enabled) return required ? 'Your role asks for one' : 'A password alone signs you in';
  return recoveryCodesLeft === 1 ? '1 recovery code left' : `${recoveryCodesLeft} recovery codes left`;
}

/** Only its buttons close it: the recovery codes are shown once. */
function EnrolDialog({ onClose }: { readonly onClose: () => void }) {
  const titleId = useId();
  return (
    <Dialog open onClose={(_event, reason) => reason === 'escapeKeyDown' && onClose()} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>Set up a second factor</DialogTitle>
      <DialogContent>
        <EnrolSteps onDone={onClose} />
      </DialogContent>
    </Dialog>
  );
}
