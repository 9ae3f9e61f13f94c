import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { PasswordField } from '../../ui/password-field.tsx';
import { CodeField } from '../../ui/code-field.tsx';
import { QrCode } from './qr-code.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { useBeginEnrol, useConfirmEnrol } from './use-enrol.ts';

/** Password, picture and first code, recovery codes: one after the other. `onDone` is called once the codes are kept. */
export function EnrolSteps({ onDone }: { readonly onDone: () => void }) {
  const t = useMessages().account;
  const begin = useBeginEnrol();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const confirm = useConfirmEnrol(setCodes);
  if (codes !== null) {
    return (
      <Box sx={{ display: 'grid', gap: 5 }}>
        <RecoveryCodes codes={codes} />
        <Button variant="contained" onClick={onDone}>
          {t.kept}
        </Button>
      </Box>
    );
  }
  if (begin.data === undefined) {
    return <PasswordStep busy={begin.isPending} error={begin.error} onNext={(password) => begin.mutate(password)} />;
  }
  return <CodeStep {...begin.data} busy={confirm.isPending} error={confirm.error} onNext={(code) => confirm.mutate(code)} />;
}

interface StepProps {
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onNext: (text: string) => void;
}

function PasswordStep({ busy, error, onNext }: StepProps) {
  const t = useMessages().account;
  const [password, setPassword] = useState('');
  return (
    <StepForm busy={busy} error={error} action={t.next} onSubmit={() => onNext(password)}>
      <Typography color="textSecondary">{t.passwordText}</Typography>
      <PasswordField value={password} onChange={setPassword} />
    </StepForm>
  );
}

function CodeStep({ secret, uri, busy, error, onNext }: StepProps & { readonly secret: string; readonly uri: string }) {
  const t = useMessages().account;
  const [code, setCode] = useState('');
  return (
    <StepForm busy={busy} error={error} action={t.turnOn} onSubmit={() => onNext(code)}>
      <Typography color="textSecondary">{t.scanText}</Typography>
      <Box sx={{ display: 'grid', justifyItems: 'center' }}>
        <QrCode text={uri} label={t.qrCode} />
      </Box>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
        <Box component="code" data-testid="factor-key" sx={{ fontFamily: MONO, fontSize: 12, overflowWrap: 'anywhere', flex: 1 }}>
          {secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}
        </Box>
        <CopyButton text={secret} label={t.copyKey} />
      </Box>
      <CodeField value={code} onChange={setCode} />
    </StepForm>
  );
}

interface StepFormProps {
  readonly busy: boolean;
  readonly error: Error | null;
  readonly action: string;
  readonly children: ReactNode;
  readonly onSubmit: () => void;
}

function StepForm({ busy, error, action, children, onSubmit }: StepFormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Box component="form" onSubmit={submit} sx={{ display: 'grid', gap: 5 }}>
      {children}
      {error && <ErrorNotice error={error} />}
      <Button type="submit" variant="contained" loading={busy}>
        {action}
      </Button>
    </Box>
  );
}
