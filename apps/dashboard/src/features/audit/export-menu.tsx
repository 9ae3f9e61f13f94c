import DownloadIcon from '@mui/icons-material/DownloadOutlined';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import { type AuditFilter, exportHref } from './audit-filter.ts';
import { useMessages } from '../../messages/locale-provider.tsx';

/** Downloads what the filter shows. */
export function ExportMenu({ filter }: { readonly filter: AuditFilter }) {
  const t = useMessages().audit;
  const [anchor, setAnchor] = useState<{ readonly element: HTMLElement; readonly nowMs: number } | null>(null);
  const close = () => setAnchor(null);
  return (
    <>
      <Button
        variant="outlined"
        color="inherit"
        startIcon={<DownloadIcon />}
        aria-haspopup="menu"
        onClick={(event) => setAnchor({ element: event.currentTarget, nowMs: Date.now() })}
      >
        {t.export}
      </Button>
      <Menu anchorEl={anchor?.element ?? null} open={anchor !== null} onClose={close}>
        {(['ndjson', 'csv'] as const).map((format) => (
          <MenuItem key={format} component="a" download href={exportHref(filter, format, anchor?.nowMs ?? 0)} onClick={close}>
            {format.toUpperCase()}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
