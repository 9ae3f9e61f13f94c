import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useMessages } from '../messages/locale-provider.tsx';
import { hintOf, messageOf } from '../api/api-error.ts';
import { MONO } from './fonts.ts';

interface ErrorNoticeProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** A failure in words: what happened, what to do, and a retry when that makes sense. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  const t = useMessages().common;
  const hint = hintOf(error, t);
  return (
    <Alert
      severity="error"
      variant="outlined"
      action={
        onRetry && (
          <Button color="inherit" size="small" onClick={onRetry}>
            {t.tryAgain}
          </Button>
        )
      }
    >
      <AlertTitle sx={{ fontSize: 14, fontWeight: 600, mb: hint ? 1 : 0 }}>{messageOf(error, t)}</AlertTitle>
      {hint && <Hint text={hint} />}
    </Alert>
  );
}

/** A hint, with what stands between backticks set as code. */
function Hint({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <Box component="code" key={part} sx={{ fontFamily: MONO, fontSize: 12 }}>
        {part}
      </Box>
    ),
  );
}
