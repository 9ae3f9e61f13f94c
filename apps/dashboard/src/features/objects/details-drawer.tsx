import CloseIcon from '@mui/icons-material/CloseOutlined';
import DownloadIcon from '@mui/icons-material/DownloadOutlined';
import DeleteIcon from '@mui/icons-material/DeleteOutlineOutlined';
import LinkIcon from '@mui/icons-material/LinkOutlined';
import MoveIcon from '@mui/icons-material/DriveFileRenameOutlineOutlined';
import NextIcon from '@mui/icons-material/KeyboardArrowDownOutlined';
import PreviousIcon from '@mui/icons-material/KeyboardArrowUpOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { Fragment, type ReactNode, useId } from 'react';
import { formatBytes } from '../../format/bytes.ts';
import { formatDateTime } from '../../format/time.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { MONO } from '../../ui/fonts.ts';
import { labelOf } from './paths.ts';
import { Preview } from './preview.tsx';

interface DetailsDrawerProps {
  readonly bucket: string;
  readonly object: ObjectEntry;
  readonly onClose: () => void;
  /** Goes to the object before or after; undefined at the ends. */
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
  readonly onDownload: () => void;
  readonly onLink: () => void;
  readonly onMove: () => void;
  readonly onRemove: () => void;
}

/** One object up close: preview, facts and actions. Arrow up and down go through the folder. */
export function DetailsDrawer(props: DetailsDrawerProps) {
  const { bucket, object, onClose, onPrevious, onNext } = props;
  const titleId = useId();
  return (
    <Drawer
      anchor="right"
      open
      onClose={onClose}
      onKeyDown={(event) => {
        if (event.target instanceof Element && event.target.closest('pre, input, textarea')) return;
        if (event.key === 'ArrowUp') onPrevious?.();
        if (event.key === 'ArrowDown') onNext?.();
      }}
      slotProps={{
        paper: {
          role: 'dialog',
          'aria-modal': true,
          'aria-labelledby': titleId,
          sx: { width: { xs: '100%', sm: 460 }, borderLeft: 1, borderColor: 'divider' },
        },
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, pl: 5, pr: 3, py: 3, borderBottom: 1, borderColor: 'divider' }}>
        <Typography id={titleId} variant="h2" noWrap title={object.path} sx={{ flex: 1 }}>
          {labelOf(object.path, 'object')}
        </Typography>
        <HeadAction label="Previous object" icon={<PreviousIcon fontSize="small" />} onClick={onPrevious} />
        <HeadAction label="Next object" icon={<NextIcon fontSize="small" />} onClick={onNext} />
        <HeadAction label="Close details" icon={<CloseIcon fontSize="small" />} onClick={onClose} />
      </Box>
      <Box sx={{ p: 5, display: 'flex', flexDirection: 'column', gap: 5, overflowY: 'auto' }}>
        <Preview bucket={bucket} object={object} />
        <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 2 }}>
          <Button variant="contained" startIcon={<DownloadIcon />} onClick={props.onDownload}>
            Download
          </Button>
          <Button variant="outlined" color="inherit" startIcon={<LinkIcon />} onClick={props.onLink}>
            Get link
          </Button>
          <Button variant="outlined" color="inherit" startIcon={<MoveIcon />} onClick={props.onMove}>
            Rename or move
          </Button>
          <Button variant="outlined" color="error" startIcon={<DeleteIcon />} onClick={props.onRemove}>
            Delete
          </Button>
        </Box>
        <Facts object={object} />
      </Box>
    </Drawer>
  );
}

function HeadAction({
  label,
  icon,
  onClick,
}: {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick: (() => void) | undefined;
}) {
  return (
    <Tooltip title={onClick ? label : ''}>
      <span>
        <IconButton size="small" aria-label={label} disabled={onClick === undefined} onClick={onClick}>
          {icon}
        </IconButton>
      </span>
    </Tooltip>
  );
}

function Facts({ object }: { readonly object: ObjectEntry }) {
  const exact = object.sizeBytes === null ? '' : ` (${object.sizeBytes.toLocaleString()} bytes)`;
  const facts: readonly (readonly [string, string])[] = [
    ['Size', formatBytes(object.sizeBytes) + (object.sizeBytes !== null && object.sizeBytes >= 1000 ? exact : '')],
    ['Type', object.mimeType ?? 'unknown'],
    ['Modified', formatDateTime(object.updatedAt)],
    ['Created', formatDateTime(object.createdAt)],
    ['Cache control', object.cacheControl ?? '–'],
  ];
  return (
    <Box
      component="dl"
      className="num"
      sx={{ m: 0, display: 'grid', gridTemplateColumns: '112px minmax(0, 1fr)', rowGap: 3, fontSize: 13 }}
    >
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <FactName>{name}</FactName>
          <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            {value}
          </Box>
        </Fragment>
      ))}
      <CodeFact name="Path" value={object.path} />
      {object.etag && <CodeFact name="ETag" value={object.etag.replaceAll('"', '')} />}
    </Box>
  );
}

function FactName({ children }: { readonly children: ReactNode }) {
  return (
    <Box component="dt" sx={{ color: 'text.secondary' }}>
      {children}
    </Box>
  );
}

function CodeFact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <FactName>{name}</FactName>
      <Box component="dd" sx={{ m: 0, display: 'flex', gap: 1, alignItems: 'flex-start' }}>
        <Box component="code" sx={{ fontFamily: MONO, fontSize: 12, lineHeight: 1.6, overflowWrap: 'anywhere', flex: 1 }}>
          {value}
        </Box>
        <Box sx={{ my: -1 }}>
          <CopyButton text={value} label={`Copy ${name}`} />
        </Box>
      </Box>
    </>
  );
}
