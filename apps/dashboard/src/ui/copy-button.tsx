import CheckIcon from '@mui/icons-material/CheckOutlined';
import CopyIcon from '@mui/icons-material/ContentCopyOutlined';
import Button, { type ButtonProps } from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { useEffect, useState } from 'react';
import { useMessages } from '../messages/locale-provider.tsx';
import { useToasts } from './toast.tsx';

interface CopyButtonProps {
  readonly text: string;
  /** Accessible name, and the visible text of the wide form. */
  readonly label: string;
  /** Wide form with text; else an icon. */
  readonly variant?: ButtonProps['variant'];
}

const SHOWN_MS = 2000;

/** Copies a text and says so. */
export function CopyButton({ text, label, variant }: CopyButtonProps) {
  const t = useMessages().common;
  const [copied, setCopied] = useState(false);
  const toasts = useToasts();
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    copyText(text).then(
      () => setCopied(true),
      () => toasts.failure(new Error(t.copyRefused)),
    );
  };
  const icon = copied ? <CheckIcon fontSize="small" color="success" /> : <CopyIcon fontSize="small" />;
  if (variant !== undefined) {
    return (
      <Button variant={variant} onClick={copy} startIcon={copied ? <CheckIcon /> : <CopyIcon />}>
        <span aria-live="polite">{copied ? t.copied : label}</span>
      </Button>
    );
  }
  return (
    <Tooltip title={copied ? t.copied : label}>
      <IconButton size="small" aria-label={label} onClick={copy}>
        {icon}
      </IconButton>
    </Tooltip>
  );
}

/** The clipboard API exists only on https and localhost; elsewhere a selection does it. */
async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  // Inside an open dialog, so that its focus trap lets the selection be.
  (document.activeElement?.closest('[role="dialog"]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('copy was refused');
}
