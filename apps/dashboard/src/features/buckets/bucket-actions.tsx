import EmptyIcon from '@mui/icons-material/CleaningServicesOutlined';
import DeleteIcon from '@mui/icons-material/DeleteOutlineOutlined';
import MoreIcon from '@mui/icons-material/MoreVertOutlined';
import SettingsIcon from '@mui/icons-material/TuneOutlined';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { useState } from 'react';
import { DeleteBucketDialog, EmptyBucketDialog } from './bucket-danger-dialogs.tsx';
import { BucketFormDialog } from './bucket-form-dialog.tsx';
import { useMessages } from '../../messages/locale-provider.tsx';

interface BucketActionsProps {
  readonly bucket: Bucket;
  /** As a bare icon, for table rows. */
  readonly compact?: boolean;
  readonly onDeleted?: () => void;
}

/** Menu with settings, empty and delete of one bucket. */
export function BucketActions({ bucket, compact = false, onDeleted }: BucketActionsProps) {
  const t = useMessages().buckets;
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [dialog, setDialog] = useState<'settings' | 'empty' | 'delete' | null>(null);
  const label = t.actionsFor(bucket.id);
  const openMenu = (event: React.MouseEvent<HTMLElement>) => setAnchor(event.currentTarget);
  const choose = (next: typeof dialog) => () => {
    setAnchor(null);
    setDialog(next);
  };
  const close = () => setDialog(null);
  return (
    <>
      {compact ? (
        <IconButton size="small" aria-label={label} aria-haspopup="menu" onClick={openMenu}>
          <MoreIcon fontSize="small" />
        </IconButton>
      ) : (
        <Button
          variant="outlined"
          color="inherit"
          aria-label={label}
          aria-haspopup="menu"
          onClick={openMenu}
          sx={{ minWidth: 36, width: 36, px: 0 }}
        >
          <MoreIcon fontSize="small" />
        </Button>
      )}
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem onClick={choose('settings')}>
          <SettingsIcon fontSize="small" />
          {t.settings}
        </MenuItem>
        <MenuItem onClick={choose('empty')} sx={{ color: 'error.main' }}>
          <EmptyIcon fontSize="small" />
          {t.empty}
        </MenuItem>
        <MenuItem onClick={choose('delete')} sx={{ color: 'error.main' }}>
          <DeleteIcon fontSize="small" />
          {t.remove}
        </MenuItem>
      </Menu>
      {dialog === 'settings' && <BucketFormDialog bucket={bucket} onClose={close} />}
      {dialog === 'empty' && <EmptyBucketDialog bucket={bucket} onClose={close} />}
      {dialog === 'delete' && <DeleteBucketDialog bucket={bucket} onClose={close} {...(onDeleted ? { onDone: onDeleted } : {})} />}
    </>
  );
}
