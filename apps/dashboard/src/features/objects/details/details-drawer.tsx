import CloseIcon from '@mui/icons-material/CloseOutlined';
import NextIcon from '@mui/icons-material/KeyboardArrowDownOutlined';
import PreviousIcon from '@mui/icons-material/KeyboardArrowUpOutlined';
import Box from '@mui/material/Box';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import type { Bucket } from '@supastor/contract/operations/buckets';
import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { type ComponentType, lazy, type ReactNode, Suspense, useId, useState } from 'react';
import { labelOf } from '../paths.ts';
import { previewKind } from '../preview/preview-kind.ts';
import { OverviewTab } from './overview-tab.tsx';
import { useMessages } from '../../../messages/locale-provider.tsx';

const MetadataTab = lazy(async () => ({ default: (await import('./metadata-tab.tsx')).MetadataTab }));
const VersionsTab = lazy(async () => ({ default: (await import('./versions-tab.tsx')).VersionsTab }));
const LinksTab = lazy(async () => ({ default: (await import('./links-tab.tsx')).LinksTab }));
const PictureTab = lazy(async () => ({ default: (await import('./picture-tab.tsx')).PictureTab }));

export interface DetailsDrawerProps {
  readonly bucket: Bucket;
  readonly object: ObjectEntry;
  readonly storageUrl: string;
  /** Says who may read an object. */
  readonly Readers: ComponentType<{ readonly bucket: Bucket; readonly path: string }>;
  readonly onClose: () => void;
  /** Goes to the object before or after; undefined at the ends. */
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
  readonly onDownload: () => void;
  readonly onLink: () => void;
  readonly onMove: () => void;
  readonly onRemove: () => void;
}

type TabName = 'overview' | 'metadata' | 'versions' | 'links' | 'picture' | 'readers';

/** One object up close. Arrow up and down go through the folder; the tab stays. */
export function DetailsDrawer(props: DetailsDrawerProps) {
  const t = useMessages().details;
  const { bucket, object, onClose, onPrevious, onNext } = props;
  const titleId = useId();
  const panelId = useId();
  const [wanted, setWanted] = useState<TabName>('overview');
  const isPicture = previewKind(object) === 'image' && object.mimeType?.includes('svg') !== true;
  const tab = wanted === 'picture' && !isPicture ? 'overview' : wanted;
  return (
    <Drawer
      anchor="right"
      open
      onClose={onClose}
      onKeyDown={(event) => {
        if (event.target instanceof Element && event.target.closest('pre, input, textarea, [role="group"], [role="combobox"]')) return;
        if (event.key === 'ArrowUp') onPrevious?.();
        if (event.key === 'ArrowDown') onNext?.();
      }}
      slotProps={{
        paper: {
          role: 'dialog',
          'aria-modal': true,
          'aria-labelledby': titleId,
          sx: { width: { xs: '100%', sm: 500 }, borderLeft: 1, borderColor: 'divider' },
        },
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, pl: 5, pr: 3, pt: 3 }}>
        <Typography id={titleId} variant="h2" noWrap title={object.path} sx={{ flex: 1 }}>
          {labelOf(object.path, 'object')}
        </Typography>
        <HeadAction label={t.previous} icon={<PreviousIcon fontSize="small" />} onClick={onPrevious} />
        <HeadAction label={t.next} icon={<NextIcon fontSize="small" />} onClick={onNext} />
        <HeadAction label={t.close} icon={<CloseIcon fontSize="small" />} onClick={onClose} />
      </Box>
      <Tabs
        value={tab}
        onChange={(_event, next: TabName) => setWanted(next)}
        variant="scrollable"
        scrollButtons={false}
        aria-label={t.about}
        sx={{ px: 3, borderBottom: 1, borderColor: 'divider', minHeight: 40, flex: 'none', '& .MuiTab-root': TAB }}
      >
        <Tab value="overview" label={t.overview} aria-controls={panelId} />
        <Tab value="metadata" label={t.metadata} aria-controls={panelId} />
        <Tab value="versions" label={t.versions} aria-controls={panelId} />
        <Tab value="links" label={t.links} aria-controls={panelId} />
        {isPicture && <Tab value="picture" label={t.resize} aria-controls={panelId} />}
        <Tab value="readers" label={t.readers} aria-controls={panelId} />
      </Tabs>
      <Box
        role="tabpanel"
        id={panelId}
        tabIndex={0}
        aria-label={t.about}
        sx={{ p: 5, display: 'flex', flexDirection: 'column', gap: 5, overflowY: 'auto', flex: 1, outline: 'none' }}
      >
        <Suspense fallback={<Skeleton variant="rounded" height={160} />}>
          {tab === 'overview' && <OverviewTab {...props} />}
          {tab === 'metadata' && <MetadataTab key={object.path} bucket={bucket} path={object.path} />}
          {tab === 'versions' && <VersionsTab key={object.path} bucket={bucket} object={object} />}
          {tab === 'links' && <LinksTab bucket={bucket.id} path={object.path} onCreate={props.onLink} />}
          {tab === 'picture' && <PictureTab key={object.path} bucket={bucket} object={object} storageUrl={props.storageUrl} />}
          {tab === 'readers' && <props.Readers bucket={bucket} path={object.path} />}
        </Suspense>
      </Box>
    </Drawer>
  );
}

const TAB = { minHeight: 40, minWidth: 0, px: 2, textTransform: 'none', fontSize: 13 } as const;

interface HeadActionProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick: (() => void) | undefined;
}

function HeadAction({ label, icon, onClick }: HeadActionProps) {
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
